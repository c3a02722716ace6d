################################################################################
# Required
################################################################################

variable "name" {
  description = "The cluster's name: the nodes find each other by the tag `les-NAME`, and it is part of every name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$", var.name))
    error_message = "name has 1 to 30 lower-case letters, digits and hyphens, with no hyphen at either end."
  }
}

variable "region" {
  description = "Region of the reserved IP and of all droplets. Another one is another address."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{3}[0-9]$", var.region))
    error_message = "region is the slug of a region, such as \"fra1\"."
  }
}

variable "vpc_uuid" {
  description = "The VPC in which the nodes reach each other."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.vpc_uuid))
    error_message = "vpc_uuid is the UUID of a VPC: doctl vpcs list."
  }
}

variable "ssh_keys" {
  description = "Ids or fingerprints of SSH keys of the account, for root. Without any, the cloud makes a root password and mails it. No port is opened for SSH."
  type        = list(string)

  validation {
    condition     = length(var.ssh_keys) > 0 && alltrue([for key in var.ssh_keys : can(regex("[^[:space:]]", key))])
    error_message = "ssh_keys needs at least one key: without any, the cloud mails a root password."
  }
}

variable "egress_cidr_blocks" {
  description = "Where the nodes may go for HTTP, HTTPS, DNS and NTP: the cloud's API, the package's URL, the distribution's mirrors, resolvers, clocks. `[\"0.0.0.0/0\", \"::/0\"]` is everywhere; there is no default, so that you say it."
  type        = list(string)

  validation {
    condition     = length(var.egress_cidr_blocks) > 0 && alltrue([for block in var.egress_cidr_blocks : can(cidrnetmask(block)) || can(regex(":", cidrhost(block, 0)))])
    error_message = "egress_cidr_blocks are IPv4 or IPv6 networks, such as \"10.0.0.0/16\" or \"::/0\"."
  }
}

variable "package" {
  description = "Where a new machine fetches les (`.deb`, `.rpm`, else the bare program), and its SHA-256 (`sha256sum FILE`)."
  type = object({
    url    = string
    sha256 = string
  })

  validation {
    condition     = can(regex("^https://[!-~]+$", var.package.url)) && length(var.package.url) <= 2048
    error_message = "package.url is an https URL without white space."
  }

  validation {
    condition     = can(regex("^[0-9A-Fa-f]{64}$", var.package.sha256))
    error_message = "package.sha256 is 64 hex digits: the first word that `sha256sum FILE` prints."
  }
}

################################################################################
# The token of the nodes
################################################################################

variable "token" {
  description = "The token itself, with the scopes reserved_ip:read, reserved_ip:update, droplet:read, tag:read. **It gets into Terraform's state and into the user-data, which any process of the machine can read**: for a trial. `null` if `credential_command` fetches it, or the image has it in /etc/credstore/DIGITALOCEAN_TOKEN."
  type        = string
  default     = null
  sensitive   = true

  validation {
    condition     = var.token == null || can(regex("^[A-Za-z0-9_-]{8,256}$", var.token))
    error_message = "token is the API token alone: letters, digits, underscores and hyphens."
  }

  validation {
    condition     = var.token == null || var.credential_command == null
    error_message = "Give token or credential_command, not both."
  }
}

variable "credential_command" {
  description = "A command of the new machine that prints the token, such as `vault kv get -field=token secret/les`. It runs as root, by `sh -c`, until it succeeds. Only the command is in the state and the user-data."
  type        = string
  default     = null

  validation {
    condition     = var.credential_command == null || can(regex("[^[:space:]]", var.credential_command))
    error_message = "credential_command is empty: null for none."
  }
}

################################################################################
# Optional
################################################################################

variable "port" {
  description = "The port at which the nodes reach each other. Not to be changed on a cluster that runs."
  type        = number
  default     = 4000

  validation {
    condition     = var.port == floor(var.port) && var.port >= 1024 && var.port <= 65535
    error_message = "port is a whole number from 1024 to 65535: les runs without privileges."
  }
}

variable "environment" {
  description = "More settings, as les reads them from its environment: any key of les.toml (`LES_ELECTION__PROFILE = \"fast\"`), `LES_LOG`, or a token. **What is written here is in Terraform's state and in the user-data.**"
  type        = map(string)
  default     = {}
  sensitive   = true

  validation {
    # Nothing that systemd would unquote or take for the end of the value.
    condition = alltrue([
      for name, value in var.environment : can(regex("^[A-Za-z_][A-Za-z0-9_]{0,127}$", name)) && can(regex("^[A-Za-z0-9_@%+=:,./~-]*$", value))
    ])
    error_message = "environment maps names of variables to values of letters, digits and _@%+=:,./~- (no spaces, no quotes)."
  }
}

variable "image" {
  description = "The image: cloud-init, systemd 252 or newer, x86_64."
  type        = string
  default     = "debian-12-x64"

  validation {
    condition     = can(regex("^[a-z0-9._-]+$", var.image))
    error_message = "image is the name or id of an image, such as \"debian-12-x64\"."
  }
}

variable "size" {
  description = "The droplets' size. les itself needs next to nothing: choose what the service behind the address needs."
  type        = string
  default     = "s-1vcpu-1gb"

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)?$", var.size))
    error_message = "size is the slug of a size, such as \"s-1vcpu-1gb\"."
  }
}

variable "node_count" {
  description = "How many nodes. Three survive the loss of one and still see which side of a partition is the larger."
  type        = number
  default     = 3

  validation {
    condition     = var.node_count == floor(var.node_count) && var.node_count >= 2 && var.node_count <= 9
    error_message = "node_count is a whole number from 2 to 9: one node has nobody to take over."
  }
}
