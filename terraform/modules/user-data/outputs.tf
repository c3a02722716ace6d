output "user_data" {
  description = "The user-data, as text. Sensitive, because `environment` may hold a token."
  value       = local.user_data
  sensitive   = true

  precondition {
    condition     = length(local.user_data) <= 16384
    error_message = "The user-data has more than the 16,384 bytes that EC2 takes: shorten environment or credential.command."
  }
}
