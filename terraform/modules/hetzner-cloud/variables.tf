################################################################################
# Required
################################################################################

variable "name" {
  description = "The cluster's name: the value of the label `les`, by which the nodes find each other, and part of every name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$", var.name))
    error_message = "name has 1 to 30 lower-case letters, digits and hyphens, with no hyphen at either end."
  }
}

variable "locations" {
  description = "Where the servers are, in turn; all of one network zone, such as `[\"fsn1\", \"nbg1\", \"hel1\"]`. The first is the home of the floating IP."
  type        = list(string)

  validation {
    condition     = length(var.locations) > 0 && alltrue([for location in var.locations : can(regex("^[a-z]{3}[0-9]?$", location))])
    error_message = "locations are names such as \"fsn1\", \"nbg1\" or \"hel1\"."
  }
}

variable "server_type" {
  description = "The servers' type, x86_64 (`hcloud server-type list`). les itself needs next to nothing: choose what the service behind the address needs."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2,4}[0-9]{2,3}$", var.server_type))
    error_message = "server_type is a type such as \"cx22\"."
  }
}

variable "network_id" {
  description = "The private network in which the nodes reach each other. Take it from the subnet (`hcloud_network_subnet.NAME.network_id`), so that the subnet is there before the servers."
  type        = number

  validation {
    condition     = var.network_id == floor(var.network_id) && var.network_id > 0
    error_message = "network_id is the number of a network: hcloud network list."
  }
}

variable "ssh_keys" {
  description = "Names or ids of SSH keys of the project, for root. Without any, the cloud makes a root password and mails it. No port is opened for SSH."
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

################################################################################
# The token of the nodes
################################################################################

variable "token" {
  description = "The token itself, with *Read & Write*. **It gets into Terraform's state and into the user-data, which any process of the machine can read**: for a trial. `null` if `credential_command` fetches it, or the image has it in /etc/credstore/HCLOUD_TOKEN."
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
  default     = "debian-12"

  validation {
    condition     = can(regex("^[a-z0-9._-]+$", var.image))
    error_message = "image is the name or id of an image, such as \"debian-12\"."
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

variable "firewall_ids" {
  description = "More firewalls of the servers, such as the one that opens the service behind the address."
  type        = list(number)
  default     = []

  validation {
    condition     = alltrue([for id in var.firewall_ids : id == floor(id) && id > 0])
    error_message = "firewall_ids are numbers of firewalls: hcloud firewall list."
  }
}

variable "delete_protection" {
  description = "The cloud refuses to delete the floating IP. Apply `false` first to destroy it."
  type        = bool
  default     = true
}
