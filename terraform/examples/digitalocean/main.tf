# Its own token, for you, comes from the environment (DIGITALOCEAN_TOKEN), and is not in the state.
provider "digitalocean" {}

################################################################################
# Network: in it the nodes talk to each other
################################################################################

resource "digitalocean_vpc" "this" {
  name        = "les-${var.name}"
  description = "Nodes of the les cluster ${var.name}"
  region      = var.region
  ip_range    = var.vpc_ip_range
}

################################################################################
# The service behind the address
################################################################################

resource "digitalocean_firewall" "service" {
  name = "les-${var.name}-service"
  tags = [module.les.tag]

  inbound_rule {
    protocol         = "tcp"
    port_range       = tostring(var.service_port)
    source_addresses = var.service_cidr_blocks
  }
}

################################################################################
# The cluster
################################################################################

module "les" {
  source = "../../modules/digitalocean"

  name               = var.name
  region             = var.region
  vpc_uuid           = digitalocean_vpc.this.id
  ssh_keys           = var.ssh_keys
  egress_cidr_blocks = ["0.0.0.0/0", "::/0"]
  package            = var.package
  token              = var.token
  credential_command = var.credential_command
  size               = var.size
  node_count         = var.node_count
}
