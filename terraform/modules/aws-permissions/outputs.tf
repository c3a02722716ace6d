output "instance_profile_arn" {
  description = "ARN of the instance profile. Whoever waits for it waits for the policy as well."
  value       = aws_iam_instance_profile.this.arn

  # An instance that is born before its policy would only wait longer, but it need not.
  depends_on = [aws_iam_role_policy.this]
}

output "role_name" {
  description = "Name of the role, to attach more policies to (such as AmazonSSMManagedInstanceCore for a shell without SSH)."
  value       = aws_iam_role.this.name
}

output "role_arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}

output "policy" {
  description = "The role's policy, as JSON."
  value       = local.policy
}
