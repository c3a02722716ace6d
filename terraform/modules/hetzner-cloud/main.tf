locals {
  labels = { les = var.name }
}

################################################################################
# Floating IP
################################################################################

# Against a slip there is delete_protection, which a caller can lift; prevent_destroy could not be lifted from outside of this module.
resource "hcloud_floating_ip" "this" {
  name              = "les-${var.name}"
  description       = "Shared address of the les cluster ${var.name}"
  type              = "ipv4"
  home_location     = var.locations[0]
  delete_protection = var.delete_protection
  labels            = local.labels

  lifecycle {
    # server_id: who holds the address is les's to say. home_location: another one would be another address; any server of the zone can hold it.
    ignore_changes = [home_location, server_id]
  }
}

################################################################################
# Firewall
################################################################################

# It has no rule: nothing comes in by the public interface, everything may go out. Hetzner's firewalls do not look at private networks, which
# is where the nodes talk: so whoever is in that network reaches their port.
resource "hcloud_firewall" "this" {
  name   = "les-${var.name}"
  labels = local.labels
}

################################################################################
# Servers
################################################################################

module "user_data" {
  source = "../user-data"

  provider_kind = "hetzner-cloud"
  discovery     = ["label:les=${var.name}"]
  addresses     = [hcloud_floating_ip.this.ip_address]
  port          = var.port
  environment   = merge(var.environment, var.token == null ? {} : { HCLOUD_TOKEN = var.token })
  package       = var.package
  credential    = var.credential_command == null ? null : { name = "HCLOUD_TOKEN", command = var.credential_command }
  # Packets for the address come to whoever has it assigned, unchanged: each server must hold it.
  floating_addresses = [hcloud_floating_ip.this.ip_address]
}

# No two nodes on one host.
resource "hcloud_placement_group" "this" {
  name   = "les-${var.name}"
  type   = "spread"
  labels = local.labels
}

resource "hcloud_server" "this" {
  # By number: a smaller node_count takes the last ones away and leaves the others alone.
  for_each = toset([for number in range(1, var.node_count + 1) : tostring(number)])

  name               = "les-${var.name}-${each.key}"
  image              = var.image
  server_type        = var.server_type
  location           = var.locations[(tonumber(each.key) - 1) % length(var.locations)]
  ssh_keys           = var.ssh_keys
  user_data          = module.user_data.user_data
  firewall_ids       = concat([hcloud_firewall.this.id], var.firewall_ids)
  placement_group_id = hcloud_placement_group.this.id
  labels             = local.labels

  # les gets SIGTERM, and a leader hands over before its server is deleted.
  shutdown_before_deletion = true

  # From the first moment on: discovery prefers the address in a network.
  network {
    network_id = var.network_id
  }

  lifecycle {
    # Terraform would replace or stop all servers at the same moment, and nobody would be left. New values are for new servers, which are made
    # one at a time by -replace (README.md). network: the provider shows differences where there are none (its issue 650).
    ignore_changes = [image, location, network, placement_group_id, server_type, ssh_keys, user_data]
  }
}
