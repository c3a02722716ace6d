//! The SDK's client for EC2: made when it is first needed, and anew when its credentials are refused.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::imds;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::region::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_sdk_ec2::Client;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use les_provider::{ErrorKind, Operation, ProviderError};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::clock;
use crate::failure::{Asked, failed};
use crate::options::{BuildError, Options};
use crate::transport;

/// Where the environment may say that EC2 is.
const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL"];

/// What is needed to call EC2.
#[derive(Clone, Debug)]
pub(crate) struct Cloud {
    pub(crate) ec2: Client,
    pub(crate) region: String,
    young_until: Instant,
    /// Its credentials were refused: the next call looks for others.
    stale: Arc<AtomicBool>,
}

impl Cloud {
    /// What a failed request tells.
    pub(crate) fn failed<E>(
        &self,
        operation: Operation,
        action: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> ProviderError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let young = clock::now() < self.young_until;
        let asked = Asked {
            operation,
            action,
            young,
        };
        let failure = asked.failure(error);
        if failure.credentials_stale {
            self.stale.store(true, Ordering::Relaxed);
        }
        failure.error
    }
}

/// The client, and what it is made of.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) options: Options,
    pub(crate) imds: imds::Client,
    to_cloud: SharedHttpClient,
    conf: ProviderConfig,
    cloud: Mutex<Option<Cloud>>,
    young_until: Instant,
}

impl Session {
    pub(crate) fn new(options: Options) -> Result<Self, BuildError> {
        if let Some(base) = &options.base_url {
            transport::check_url("base_url", base)?;
        }
        let to_cloud =
            transport::to_cloud(transport::trust(options.ca_file.as_deref().map(Path::new))?);
        let conf = ProviderConfig::without_region();
        let metadata = conf.clone().with_http_client(transport::to_metadata());
        // Its token may have run out: one more try.
        let mut builder = imds::Client::builder().configure(&metadata).max_attempts(2);
        if let Some(base) = &options.metadata_base {
            let invalid = |rule| BuildError::Url {
                key: "metadata_base",
                rule,
            };
            transport::check_url("metadata_base", base)?;
            let with = builder.endpoint(base);
            builder = with.map_err(|_| invalid("it is no URL"))?;
        }
        Ok(Self {
            imds: builder.build(),
            conf: conf.with_http_client(to_cloud.clone()),
            to_cloud,
            cloud: Mutex::new(None),
            young_until: clock::now() + options.grace,
            options,
        })
    }

    /// The client, ready to be asked.
    pub(crate) async fn cloud(&self, operation: Operation) -> Result<Cloud, ProviderError> {
        let mut slot = self.cloud.lock().await;
        let fresh = |cloud: &&Cloud| !cloud.stale.load(Ordering::Relaxed);
        if let Some(cloud) = slot.as_ref().filter(fresh) {
            return Ok(cloud.clone());
        }
        for name in ENDPOINTS {
            let written = std::env::var(name).ok().filter(|url| !url.is_empty());
            if let Some(Err(error)) = written.map(|url| transport::check_url("base_url", &url)) {
                let message = format!("{name}: {error}");
                return Err(failed(operation, ErrorKind::Misconfigured, message));
            }
        }
        let region = self.region(operation).await?;
        let sdk = self.configuration(region.clone()).await;
        let cloud = Cloud {
            ec2: Client::new(&sdk),
            region: region.to_string(),
            young_until: self.young_until,
            stale: Arc::default(),
        };
        *slot = Some(cloud.clone());
        Ok(cloud)
    }

    async fn region(&self, operation: Operation) -> Result<Region, ProviderError> {
        if let Some(region) = &self.options.region {
            return Ok(Region::new(region.clone()));
        }
        let own = ImdsRegionProvider::builder()
            .configure(&self.conf)
            .imds_client(self.imds.clone());
        let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
            .or_else(
                ProfileFileRegionProvider::builder()
                    .configure(&self.conf)
                    .build(),
            )
            .or_else(own.build());
        chain.region().await.ok_or_else(|| {
            let message = "no region: neither AWS_REGION nor a profile names one, and the instance metadata service did not say; \
                           set provider.options.region";
            failed(operation, ErrorKind::Transient, message)
        })
    }

    async fn configuration(&self, region: Region) -> SdkConfig {
        let credentials = DefaultCredentialsChain::builder()
            .imds_client(self.imds.clone())
            .region(region.clone())
            .configure(self.conf.clone())
            .build()
            .await;
        let options = &self.options;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(options.connect_timeout)
            .operation_attempt_timeout(options.request_timeout)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(self.to_cloud.clone())
            .region(region)
            .credentials_provider(credentials)
            // The reconcile loop is the retry: it knows whether a call is still wanted.
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Ok(name) = AppName::new("les") {
            loader = loader.app_name(name);
        }
        if let Some(base) = &options.base_url {
            loader = loader.endpoint_url(base);
        }
        loader.load().await
    }
}
