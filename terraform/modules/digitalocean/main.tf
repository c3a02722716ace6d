################################################################################
# Reserved IP
################################################################################

# It has no prevent_destroy, which a caller could not lift again: `terraform destroy` would fail for ever. The region alone can replace the
# address, and the plan says so.
resource "digitalocean_reserved_ip" "this" {
  region = var.region

  lifecycle {
    # Who holds the address is les's to say.
    ignore_changes = [droplet_id]
  }
}

################################################################################
# Firewall: by the tag, so that a droplet is behind it from its first moment
################################################################################

resource "digitalocean_tag" "this" {
  name = "les-${var.name}"
}

locals {
  ways_out = [
    { protocol = "tcp", port = "443" }, # DigitalOcean's API, the package
    { protocol = "tcp", port = "80" },  # the distribution's mirrors
    { protocol = "tcp", port = "53" },
    { protocol = "udp", port = "53" },
    { protocol = "udp", port = "123" },
  ]
}

# The nodes speak plain HTTP without authentication: the port is open to droplets with this tag and to nothing else.
resource "digitalocean_firewall" "this" {
  name = "les-${var.name}"
  tags = [digitalocean_tag.this.id]

  inbound_rule {
    protocol    = "tcp"
    port_range  = tostring(var.port)
    source_tags = [digitalocean_tag.this.id]
  }

  outbound_rule {
    protocol         = "tcp"
    port_range       = tostring(var.port)
    destination_tags = [digitalocean_tag.this.id]
  }

  dynamic "outbound_rule" {
    for_each = local.ways_out

    content {
      protocol              = outbound_rule.value.protocol
      port_range            = outbound_rule.value.port
      destination_addresses = var.egress_cidr_blocks
    }
  }
}

################################################################################
# Droplets
################################################################################

module "user_data" {
  source = "../user-data"

  provider_kind = "digitalocean"
  discovery     = ["tag:les-${var.name}"]
  addresses     = [digitalocean_reserved_ip.this.ip_address]
  port          = var.port
  environment   = merge(var.environment, var.token == null ? {} : { DIGITALOCEAN_TOKEN = var.token })
  package       = var.package
  credential    = var.credential_command == null ? null : { name = "DIGITALOCEAN_TOKEN", command = var.credential_command }
  # No floating_addresses: a reserved IPv4 address arrives at the droplet's anchor address.
}

resource "digitalocean_droplet" "this" {
  # By number: a smaller node_count takes the last ones away and leaves the others alone.
  for_each = toset([for number in range(1, var.node_count + 1) : tostring(number)])

  name       = "les-${var.name}-${each.key}"
  image      = var.image
  size       = var.size
  region     = var.region
  vpc_uuid   = var.vpc_uuid
  ssh_keys   = var.ssh_keys
  user_data  = module.user_data.user_data
  tags       = [digitalocean_tag.this.id]
  monitoring = true

  # les gets SIGTERM, and a leader hands over before its droplet is deleted.
  graceful_shutdown = true

  lifecycle {
    # Terraform would replace or stop all droplets at the same moment, and nobody would be left. New values are for new droplets, which are
    # made one at a time by -replace (README.md).
    ignore_changes = [image, size, ssh_keys, user_data, vpc_uuid]
  }

  # No way in before the firewall, and no first boot without a way out.
  depends_on = [digitalocean_firewall.this]
}
