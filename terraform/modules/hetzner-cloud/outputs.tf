output "address" {
  description = "The shared address: what clients connect to."
  value       = hcloud_floating_ip.this.ip_address
}

output "floating_ip_id" {
  description = "Id of the floating IP."
  value       = hcloud_floating_ip.this.id
}

output "firewall_id" {
  description = "Id of the firewall that lets nothing in."
  value       = hcloud_firewall.this.id
}

output "servers" {
  description = "The servers: id and public IPv4 address, by name."
  value       = { for server in hcloud_server.this : server.name => { id = server.id, ipv4 = server.ipv4_address } }
}

output "user_data" {
  description = "The nodes' user-data. Sensitive: it holds `token`, if that was given."
  value       = module.user_data.user_data
  sensitive   = true
}
