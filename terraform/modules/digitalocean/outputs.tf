output "address" {
  description = "The shared address: what clients connect to."
  value       = digitalocean_reserved_ip.this.ip_address
}

output "firewall_id" {
  description = "Id of the firewall that opens the port of les to the nodes."
  value       = digitalocean_firewall.this.id
}

output "tag" {
  description = "The droplets' tag: give it to the firewall that opens the service behind the address."
  value       = digitalocean_tag.this.name
}

output "droplets" {
  description = "The droplets: id and private address, by name."
  value       = { for droplet in digitalocean_droplet.this : droplet.name => { id = droplet.id, private_ipv4 = droplet.ipv4_address_private } }
}

output "user_data" {
  description = "The nodes' user-data. Sensitive: it holds `token`, if that was given."
  value       = module.user_data.user_data
  sensitive   = true
}
