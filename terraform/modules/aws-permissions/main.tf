################################################################################
# Role of the instances: the policy of the AWS provider of les, for one cluster's addresses
################################################################################

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

data "aws_iam_policy_document" "instances" {
  statement {
    sid     = "InstancesMayTakeThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

locals {
  # One file for people and for Terraform. Its words in capitals are what a person would fill in.
  policy_template = file("${path.module}/../../../providers/aws/policies/elastic-ip.json")

  policy = replace(replace(replace(replace(local.policy_template,
    "arn:aws:", "arn:${data.aws_partition.this.partition}:"),
    "REGION", data.aws_region.this.id),
    "ACCOUNT", data.aws_caller_identity.this.account_id),
  "CLUSTER", var.name)
}

resource "aws_iam_role" "this" {
  # A prefix, because roles are the account's and a cluster is a region's.
  name_prefix        = "les-${var.name}-"
  description        = "Nodes of the les cluster ${var.name}: may move its Elastic IPs"
  assume_role_policy = data.aws_iam_policy_document.instances.json
  tags               = { les = var.name }
}

resource "aws_iam_role_policy" "this" {
  name   = "les-elastic-ip"
  role   = aws_iam_role.this.id
  policy = local.policy
}

resource "aws_iam_instance_profile" "this" {
  name_prefix = "les-${var.name}-"
  role        = aws_iam_role.this.name
  tags        = { les = var.name }
}
