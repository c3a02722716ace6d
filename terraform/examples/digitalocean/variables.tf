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

variable "ssh_keys" {
  description = "Ids or fingerprints of SSH keys of the account, for root. Without any, the cloud makes a root password and mails it. No port is opened for SSH."
  type        = list(string)

  validation {
    condition     = length(var.ssh_keys) > 0 && alltrue([for key in var.ssh_keys : can(regex("[^[:space:]]", key))])
    error_message = "ssh_keys needs at least one key: without any, the cloud mails a root password."
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

variable "service_port" {
  description = "TCP port of the service behind the address."
  type        = number
  default     = 443

  validation {
    condition     = var.service_port == floor(var.service_port) && var.service_port >= 1 && var.service_port <= 65535
    error_message = "service_port is a whole number from 1 to 65535."
  }
}

variable "service_cidr_blocks" {
  description = "Who may connect to the service, as IPv4 networks. `[\"0.0.0.0/0\"]` is everybody; there is no default, so that you say it."
  type        = list(string)

  validation {
    condition     = length(var.service_cidr_blocks) > 0 && alltrue([for block in var.service_cidr_blocks : can(cidrnetmask(block))])
    error_message = "service_cidr_blocks are IPv4 networks, such as \"198.51.100.0/24\"."
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

variable "vpc_ip_range" {
  description = "The VPC's network."
  type        = string
  default     = "10.40.0.0/24"

  validation {
    condition     = can(cidrnetmask(var.vpc_ip_range))
    error_message = "vpc_ip_range is an IPv4 network, such as \"10.40.0.0/24\"."
  }
}
