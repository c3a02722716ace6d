"""One mistake for each rule: (what it is, file, text of the good module, text instead, the check that finds it, what it says)."""

import fixtures

REFERENCES = "every reference leads somewhere"
CALLS = "every module is called as it wants"
UNUSED = "nothing that is declared is unused"
FUNCTIONS = "functions, files and templates are there"
CYCLES = "nothing depends on itself"
SCHEMA = "every type, argument and block is the provider's"
LANGUAGE = "every block of the language is whole"
VERSIONS = "providers and versions are required"
FILES = "every module has its files"
VARIABLES = "every variable is typed, described and validated"
OUTPUTS = "every output is described"
NAMES = "names are in one style, and once"
READMES = "README tables name the variables and outputs"
WORLD = "nothing is open to the world"
SECRETS = "no secret is written down"
SHOWN = "nothing sensitive is shown"
KNOWN = "what is counted is known before the first apply"
SECRET_TEXTS = "no file has what looks like a secret"
LEFTOVERS = "nothing is left over from a run"

TOKEN = "q7" * 32  # not one that anybody was given
SECRET = """
variable "api_token" {
  description = "Token of the provider"
  type        = string%s

  validation {
    condition     = length(var.api_token) > 0
    error_message = "Not empty."
  }
}
"""
HETZNER = '''    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "~> 1.50"
    }
'''
RULE = """
resource "aws_vpc_security_group_%s_rule" "this" {
  security_group_id = "sg-1"
  ip_protocol       = "tcp"
  cidr_ipv4         = "0.0.0.0/0"
}
"""

SYNTAX = [
    ("a bracket is missing", "main.tf", "[local.zone]", "[local.zone", "every file parses", "main.tf"),
    ("badly aligned", "main.tf", "domain = ", "domain   = ", "every file is in canonical form", "domain   ="),
    ("tabs", "main.tf", "  domain", "\tdomain", "every file is in canonical form", "main.tf"),
]

DANGLING = [
    ("unknown variable", "main.tf", "    ${var.name}", "    ${var.name}${var.enable}", REFERENCES, "no such variable"),
    ("unknown local value", "main.tf", "in local.tags :", "in local.tag :", REFERENCES, "no such local value"),
    ("unknown resource", "outputs.tf", "aws_eip.this.", "aws_eip.that.", REFERENCES, "no such resource"),
    ("unknown attribute", "outputs.tf", "public_ip", "public_ipv4", REFERENCES, "has no attribute public_ipv4"),
    ("an attribute that only one version has", "versions.tf", "~> 6.0", ">= 5.100, < 7.0", REFERENCES, "has no attribute region"),
    ("unknown field of a variable", "modules/nodes/main.tf", "var.size.most", "var.size.mots", REFERENCES, "has no mots"),
    ("unknown field of an element", "main.tf", "tag.value.tag", "tag.value.name", REFERENCES, "no name"),
    ("unknown field of each", "main.tf", 'domain = "vpc"', "for_each = { for zone in [local.zone] : zone => { zone = zone } }\n\n  domain = each.value.zones", REFERENCES, "no zones"),
    ("unknown data source", "main.tf", '"${data.aws_region.here.region}a"', '"${data.aws_region.here.region}${data.aws_vpc.x.id}"', REFERENCES, "no such data"),
    ("unknown output of a module", "main.tf", "].template_id", "].template", REFERENCES, "has no output template"),
    ("unknown module", "main.tf", "module.nodes[", "module.node[", REFERENCES, "no such module call"),
    ("name of a loop outside of it", "outputs.tf", "group.arn", "groups.arn", REFERENCES, "groups.arn"),
    ("name of a dynamic block outside of it", "main.tf", 'domain = "vpc"', "domain = tag.key", REFERENCES, "tag.key"),
    ("each without for_each", "main.tf", 'domain = "vpc"', "domain = each.key", REFERENCES, "no for_each"),
    ("depends on nothing", "modules/nodes/main.tf", "  metadata_options", "  depends_on = [aws_eip.other]\n\n  metadata_options", REFERENCES, "aws_eip.other"),
]

MODULES = [
    ("unknown argument of a module", "main.tf", "  name      =", "  nick      = 1\n  name      =", CALLS, "no variable nick"),
    ("a required argument is missing", "main.tf", '  name      = "${var.name}-${each.key}"\n', "", CALLS, "needs name"),
    ("an object has a name too many", "main.tf", '  name      = "${var.name}', '  size      = { most = 3, least = 1, some = 2 }\n  name      = "${var.name}', CALLS, "size has some"),
    ("an object has a name too few", "main.tf", '  name      = "${var.name}', '  size      = { least = 1 }\n  name      = "${var.name}', CALLS, "size lacks most"),
    ("a module that is not there", "main.tf", "./modules/nodes", "./modules/node", CALLS, "not the relative path"),
    ("a module from elsewhere", "main.tf", "./modules/nodes", "hashicorp/consul/aws", CALLS, "not the relative path"),
]

DECLARED = [
    ("unused variable", "main.tf", "count = var.enabled ? 1 : 0", "count = 1", UNUSED, "variable enabled"),
    ("unused local value", "main.tf", "[local.zone]", '["a"]', UNUSED, "local value zone"),
    ("unused data source", "main.tf", '"${data.aws_region.here.region}a"', '"a"', UNUSED, "data aws_region.here"),
    ("unused provider", "versions.tf", "    aws = {", HETZNER + "    aws = {", UNUSED, "hcloud"),
    ("counted by what is made first", "main.tf", 'toset(["all"])', "toset([aws_eip.this.public_ip, local.zone])", KNOWN, "aws_eip.this.public_ip"),
    ("depends on itself through a module", "main.tf", "    ${var.name}", '    ${var.name} ${module.nodes["all"].template_id}', CYCLES, "module.nodes.var.user_data"),
]

READ = [
    ("unknown function", "main.tf", "toset(", "tosett(", FUNCTIONS, "tosett"),
    ("a function that differs each time", "outputs.tf", "aws_eip.this.public_ip", '"${aws_eip.this.public_ip} ${timestamp()}"', FUNCTIONS, "timestamp"),
    ("a template that is not there", "main.tf", "/user-data.yaml", "/user-data.yml", FUNCTIONS, "does not exist"),
    ("a template needs more", "main.tf", "{ name = var.name, extra", "{ extra", FUNCTIONS, "needs name"),
    ("a template needs less", "main.tf", "{ name = var.name, extra", "{ name = var.name, more = 1, extra", FUNCTIONS, "does not use more"),
    ("not a template", "user-data.yaml", "%{ endif ~}", "", FUNCTIONS, "not a template"),
]

TAG = "      key                 = tag.key\n      value               = tag.value.tag\n"
PROVIDERS = [
    ("unknown type", "main.tf", 'data "aws_region" "here" {}', 'data "aws_region" "here" {}\n\nresource "aws_eips" "these" {}', SCHEMA, "extract.sh"),
    ("unknown argument", "main.tf", '  domain = "vpc"\n  tags   =', '  domains = "vpc"\n  tags    =', SCHEMA, "no argument domains"),
    ("a computed argument", "main.tf", '  domain = "vpc"\n  tags   =', '  arn  = "vpc"\n  tags =', SCHEMA, "no argument arn"),
    ("a required argument is missing", "main.tf", "  min_size           = 1\n", "", SCHEMA, "needs min_size"),
    (
        "a required argument of a block is missing", "main.tf", TAG + "      propagate_at_launch = true\n", TAG.replace("key                 ", "key   ").replace("value               ", "value "),
        SCHEMA, "tag: needs propagate_at_launch",
    ),
    ("a block for an argument", "main.tf", "  lifecycle {\n    ignore", "  tags_all {}\n\n  lifecycle {\n    ignore", SCHEMA, "is an argument, not a block"),
    ("an argument for a block", "modules/nodes/main.tf", "metadata_options {", "metadata_options = {", SCHEMA, "is a block, not an argument"),
    ("unknown block", "modules/nodes/main.tf", "metadata_options {", "metadata_option {", SCHEMA, "there is metadata_options"),
    ("unknown argument of a block", "modules/nodes/main.tf", "http_tokens =", "http_hops =", SCHEMA, "no argument http_hops"),
    ("one block too many", "modules/nodes/main.tf", "  metadata_options {", "  metadata_options {}\n\n  metadata_options {", SCHEMA, "more than one block"),
    ("ignores what is no argument", "main.tf", "[instance,", "[instances,", SCHEMA, "ignore_changes of instances"),
    ("unknown word in lifecycle", "main.tf", "ignore_changes = [instance, network_interface]", "prevent_destruction = true", SCHEMA, "lifecycle has no argument"),
    ("a list for a single value", "main.tf", 'domain = "vpc"', 'domain = ["vpc"]', SCHEMA, "is a single value"),
    ("a text for a list", "main.tf", "[local.zone]", '"${local.zone}"', SCHEMA, "not a text"),
    ("unknown argument of a provider", "main.tf", "locals {", 'provider "aws" {\n  regio = "x"\n}\n\nlocals {', SCHEMA, "no argument regio"),
]  # fmt: skip

BLOCKS = [
    ("unknown argument of a variable", "variables.tf", "  type        = bool\n", "  type        = bool\n  standard    = true\n", LANGUAGE, "no argument standard"),
    ("unknown block", "main.tf", None, fixtures.ROOT_MAIN + "\nwidget {}\n", LANGUAGE, "no such block"),
    ("a resource with three labels", "main.tf", None, fixtures.ROOT_MAIN + '\nresource "aws_eip" "x" "y" {}\n', LANGUAGE, "3 labels"),
    ("unknown argument of a validation", "modules/nodes/variables.tf", '"Not empty."', '"Not empty."\n    warning       = true', LANGUAGE, "no argument warning"),
    ("an output without value", "outputs.tf", None, fixtures.ROOT_OUTPUTS.replace("  value       = aws_eip.this.public_ip\n", ""), LANGUAGE, "needs value"),
    ("a dynamic block with more", "main.tf", "key => { tag = value } }\n", "key => { tag = value } }\n    count    = 1\n", LANGUAGE, "dynamic tag"),
]

REQUIRED = [
    ("no provider", "modules/nodes/versions.tf", None, 'terraform {\n  required_version = ">= 1.5"\n}\n', VERSIONS, "not in required_providers"),
    ("no version of Terraform", "versions.tf", '  required_version = ">= 1.5"\n\n', "", VERSIONS, "no required_version"),
    ("a version that was not checked", "modules/nodes/versions.tf", "~> 6.0", "~> 4.0", VERSIONS, "leaves out"),
    ("no version of the provider", "modules/nodes/versions.tf", '      source  = "hashicorp/aws"\n      version = "~> 6.0"', '      source = "hashicorp/aws"', VERSIONS, "no version"),
    ("another's provider", "versions.tf", "hashicorp/aws", "hashicrop/aws", VERSIONS, "not hashicorp/aws"),
]

NOT_THE_WORLD = """
  validation {
    condition     = !contains(values(var.tags), "0.0.0.0/0")
    error_message = "Not the world."
  }
"""
HOUSE = [
    ("a file too few", "modules/more/versions.tf", None, 'terraform {\n  required_version = ">= 1.5"\n}\n', FILES, "modules/more: no README.md"),
    ("a version elsewhere", "main.tf", "locals {", "terraform {}\n\nlocals {", FILES, "belongs into versions.tf"),
    ("a variable without type", "variables.tf", '  description = "Tags of everything"\n  type        = map(string)\n', '  description = "Tags of everything"\n', VARIABLES, "no type"),
    ("a variable without description", "variables.tf", '  description = "Whether there are nodes"\n  type        = bool\n  default     = true', "  type    = bool\n  default = true", VARIABLES, "no description"),
    ("a variable without validation", "variables.tf", NOT_THE_WORLD, "", VARIABLES, "no validation"),
    ("a validation of something else", "variables.tf", "length(var.name) < 20", "length(var.tags) < 20", VARIABLES, "does not look at it"),
    ("an output without description", "modules/nodes/outputs.tf", '  description = "The template"\n  value       =', "  value =", OUTPUTS, "no description"),
    ("a dash in a name", "main.tf", None, fixtures.ROOT_MAIN + '\nresource "aws_eip" "all-of-us" {}\n', NAMES, "lower case"),
    ("a resource twice", "main.tf", None, fixtures.ROOT_MAIN + '\nresource "aws_eip" "this" {}\n', NAMES, "declared twice"),
    ("a variable that the README lacks", "README.md", "| `tags` | Tags of everything |\n", "", READMES, "does not have tags"),
    ("a variable that only the README has", "README.md", "| `tags` |", "| `tags` | x |\n| `labels` |", READMES, "labels, which is not there"),
    ("a default that the README has otherwise", "README.md", "| `true` |", "| `false` |", READMES, "the default of enabled"),
    ("a type that the README has otherwise", "README.md", "| `bool` |", "| `number` |", READMES, "the type of enabled"),
    ("a default where there is none", "modules/nodes/README.md", "| required |", '| `"x"` |', READMES, "the default of name"),
    ("an output under another name", "modules/nodes/README.md", "template_id", "template", READMES, "template_id"),
]

SAFETY = [
    ("a default that is the world", "variables.tf", "  default     = {}", '  default     = { from = "0.0.0.0/0" }', WORLD, "opens something"),
    ("an optional default that is the world", "variables.tf", "map(string)", 'object({ from = optional(string, "::/0") })', WORLD, "opens something"),
    ("a rule for the world", "main.tf", None, fixtures.ROOT_MAIN + RULE % "ingress", WORLD, "0.0.0.0/0"),
    ("a secret in a provider", "main.tf", "locals {", 'provider "aws" {\n  secret_key = "hunter2"\n}\n\nlocals {', SECRETS, "written down"),
    ("an access key", "README.md", "# Cluster", "# Cluster AKIA" + "Q7" * 8, SECRET_TEXTS, "an AWS access key"),
    ("a private key", "user-data.yaml", "name:", "key: -----BEGIN PRIVATE" + " KEY-----\nname:", SECRET_TEXTS, "a private key"),
    ("a token", "README.md", "# Cluster", f"# Cluster {TOKEN}", SECRET_TEXTS, "like a token"),
    ("a state", "terraform.tfstate", None, "{}", LEFTOVERS, "terraform.tfstate"),
    ("somebody's values", "examples.tfvars", None, "", LEFTOVERS, "examples.tfvars"),
]

ALL = BLOCKS + SYNTAX + DANGLING + MODULES + DECLARED + READ + PROVIDERS + REQUIRED + HOUSE + SAFETY
