################################################################################
# What deploy/cloud-init/render.py does, in Terraform: the same template, the same scripts, the same files on the machine
################################################################################

locals {
  # JSON's strings and lists of strings are TOML's too: no value can break the file.
  les_toml = join("", concat(
    [
      "[node]\n",
      "bind_port = ${var.port}\n",
      "discovery = ${jsonencode(var.discovery)}\n",
      "\n",
      "[provider]\n",
      "kind = ${jsonencode(var.provider_kind)}\n",
    ],
    [for id in var.addresses : "\n[[address]]\nid = ${jsonencode(id)}\n"],
  ))

  les_env = join("", [for name, value in var.environment : "${name}=${value}\n"])

  # first-boot.sh sources this file.
  settings = [
    { name = "PACKAGE_URL", value = var.package.url },
    { name = "PACKAGE_SHA256", value = lower(var.package.sha256) },
    { name = "CREDENTIAL_NAME", value = try(var.credential.name, "") },
    { name = "CREDENTIAL_COMMAND", value = try(var.credential.command, "") },
    { name = "FLOATING_ADDRESSES", value = join(" ", distinct(var.floating_addresses)) },
    { name = "ADDRESS_DEVICE", value = var.address_device },
    { name = "PATIENCE", value = tostring(var.patience) },
  ]

  # Quoted for a shell, as Python's shlex.quote does it.
  first_boot_conf = join("", [
    for setting in local.settings : format("%s=%s\n", setting.name,
      can(regex("^[A-Za-z0-9_@%+=:,./-]+$", setting.value)) ? setting.value : "'${replace(setting.value, "'", "'\"'\"'")}'"
    )
  ])

  # The scripts are the repository's own, so all of it must be around this module, as a git source brings it.
  user_data = templatefile("${path.module}/../../../deploy/cloud-init/user-data.yaml", {
    les_toml        = base64gzip(local.les_toml)
    les_env         = base64gzip(local.les_env)
    first_boot_conf = base64gzip(local.first_boot_conf)
    first_boot      = base64gzip(file("${path.module}/../../../deploy/cloud-init/first-boot.sh"))
    first_boot_lib  = base64gzip(file("${path.module}/../../../deploy/cloud-init/first-boot-lib.sh"))
  })
}
