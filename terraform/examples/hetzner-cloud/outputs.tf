output "address" {
  description = "The shared address."
  value       = module.les.address
}

output "servers" {
  description = "The servers: id and public IPv4 address, by name."
  value       = module.les.servers
}
