# Its own token, for you, comes from the environment (HCLOUD_TOKEN), and is not in the state.
provider "hcloud" {}

################################################################################
# Network: in it the nodes talk to each other, and Hetzner's firewalls do not look at it. Put nothing else into it
################################################################################

resource "hcloud_network" "this" {
  name     = "les-${var.name}"
  ip_range = "10.0.0.0/24"
}

resource "hcloud_network_subnet" "this" {
  network_id   = hcloud_network.this.id
  type         = "cloud"
  network_zone = var.network_zone
  ip_range     = "10.0.0.0/24"
}

################################################################################
# The service behind the address
################################################################################

resource "hcloud_firewall" "service" {
  name = "les-${var.name}-service"

  rule {
    description = "The service's clients"
    direction   = "in"
    protocol    = "tcp"
    port        = tostring(var.service_port)
    source_ips  = var.service_cidr_blocks
  }
}

################################################################################
# The cluster
################################################################################

module "les" {
  source = "../../modules/hetzner-cloud"

  name               = var.name
  locations          = var.locations
  network_id         = hcloud_network_subnet.this.network_id
  server_type        = var.server_type
  ssh_keys           = var.ssh_keys
  package            = var.package
  token              = var.token
  credential_command = var.credential_command
  node_count         = var.node_count
  firewall_ids       = [hcloud_firewall.service.id]
  delete_protection  = var.delete_protection
}
