output "address" {
  description = "The shared address."
  value       = module.les.address
}

output "allocation_id" {
  description = "Allocation id of the Elastic IP."
  value       = module.les.allocation_id
}

output "autoscaling_group_name" {
  description = "Name of the Auto Scaling group."
  value       = module.les.autoscaling_group_name
}

output "role_name" {
  description = "Name of the nodes' role."
  value       = module.les.role_name
}

output "security_group_id" {
  description = "Id of the nodes' security group."
  value       = module.les.security_group_id
}
