output "address" {
  description = "The shared address: what clients connect to."
  value       = aws_eip.this.public_ip
}

output "allocation_id" {
  description = "Allocation id of the Elastic IP: the address's `id` in les.toml."
  value       = aws_eip.this.allocation_id
}

output "role_name" {
  description = "Name of the nodes' role, to attach more policies to."
  value       = module.permissions.role_name
}

output "security_group_id" {
  description = "Id of the nodes' security group, in which the port of les is open to the group itself."
  value       = module.network_access.security_group_id
}

output "autoscaling_group_name" {
  description = "Name of the Auto Scaling group."
  value       = module.nodes.autoscaling_group_name
}

output "launch_template_id" {
  description = "Id of the launch template."
  value       = module.nodes.launch_template_id
}

output "user_data" {
  description = "The nodes' user-data. Sensitive to Terraform; `terraform output -raw user_data` shows it."
  value       = module.user_data.user_data
  sensitive   = true
}
