output "address" {
  description = "The shared address."
  value       = module.les.address
}

output "droplets" {
  description = "The droplets: id and private address, by name."
  value       = module.les.droplets
}
