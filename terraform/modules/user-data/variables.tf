################################################################################
# The node
################################################################################

variable "provider_kind" {
  description = "`provider.kind` of les.toml: `aws`, or the name of a preset (`les preset list`)."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]{1,40}$", var.provider_kind))
    error_message = "provider_kind is the name of a provider, such as \"aws\" or \"hetzner-cloud\"."
  }
}

variable "discovery" {
  description = "Where the nodes find each other: `node.discovery` of les.toml, such as `[\"aws:tag:les=web\"]`."
  type        = list(string)

  validation {
    condition     = length(var.discovery) > 0 && alltrue([for place in var.discovery : can(regex("^[!-~]{3,200}$", place))])
    error_message = "discovery needs at least one place, such as \"aws:tag:les=web\", \"label:les=web\" or \"tag:les-web\", without white space."
  }
}

variable "addresses" {
  description = "The shared addresses: each is the `id` of an `[[address]]` table of les.toml."
  type        = list(string)

  validation {
    condition     = length(var.addresses) > 0 && alltrue([for id in var.addresses : can(regex("^[!-~]{1,200}$", id))])
    error_message = "addresses needs at least one address, such as \"eipalloc-0123456789abcdef0\" or \"203.0.113.7\"."
  }
}

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

################################################################################
# The first boot
################################################################################

variable "package" {
  description = "Where a new machine fetches les (`.deb`, `.rpm`, else the bare program), and its SHA-256 (`sha256sum FILE`)."
  type = object({
    url    = string
    sha256 = string
  })

  validation {
    condition     = can(regex("^(https?://|file:///)[!-~]+$", var.package.url)) && length(var.package.url) <= 2048
    error_message = "package.url is an https URL (or http, or file:/// for a file of the image) without white space."
  }

  validation {
    condition     = can(regex("^[0-9A-Fa-f]{64}$", var.package.sha256))
    error_message = "package.sha256 is 64 hex digits: the first word that `sha256sum FILE` prints."
  }
}

variable "credential" {
  description = "A command of the new machine that prints a secret, and the secret's name, such as `HCLOUD_TOKEN`. It runs as root, by `sh -c`, until it succeeds; the secret itself is in neither the user-data nor the state. `null` for none."
  type = object({
    name    = string
    command = string
  })
  default = null

  validation {
    condition     = var.credential == null || can(regex("^[A-Za-z_][A-Za-z0-9_]{0,127}$", var.credential.name))
    error_message = "credential.name is the name of a variable that les reads, such as HCLOUD_TOKEN."
  }

  validation {
    condition     = var.credential == null || can(regex("[^[:space:]]", var.credential.command))
    error_message = "credential.command is the command that prints the secret; it is empty."
  }
}

variable "floating_addresses" {
  description = "Addresses that the machine itself must hold, without prefix; deploy/cloud-init/README.md says on which clouds."
  type        = list(string)
  default     = []

  validation {
    condition = alltrue([
      for address in var.floating_addresses :
      can(regex("^[0-9A-Fa-f.:]+$", address)) && (can(cidrhost("${address}/32", 0)) || can(cidrhost("${address}/128", 0)))
    ])
    error_message = "floating_addresses are IP addresses without a prefix, such as \"203.0.113.7\"."
  }
}

variable "address_device" {
  description = "The interface for `floating_addresses`; empty for the loopback device."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{0,15}$", var.address_device))
    error_message = "address_device is the name of a network interface, such as \"eth0\", or empty."
  }
}

variable "patience" {
  description = "Bound on the whole first boot, in seconds."
  type        = number
  default     = 600

  validation {
    condition     = var.patience == floor(var.patience) && var.patience >= 30 && var.patience <= 3600
    error_message = "patience is a whole number of seconds from 30 to 3600."
  }
}
