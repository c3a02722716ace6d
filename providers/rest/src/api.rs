//! The cloud's API and this machine's metadata service: who is asked, where, and with what credentials.

use les_provider::{ErrorKind, Operation};
use minijinja::Value;
use reqwest::Url;

use crate::credentials::{Authority, Grant};
use crate::failure::{CallError, failed};
use crate::preset::{Request, Server};
use crate::wire::{Answered, Via, Wire};

/// The cloud, as one machine reaches it.
pub(crate) struct Api {
    pub(crate) wire: Wire,
    pub(crate) authority: Authority,
    /// Where the API is; `None`: told with the token.
    pub(crate) base: Option<Url>,
    pub(crate) metadata_base: Option<Url>,
}

impl Api {
    /// Sends a request. An answer that is no success is an error. `hide`: no body of this exchange is shown to anybody.
    pub(crate) async fn call(
        &self,
        operation: Operation,
        server: Server,
        request: &Request,
        names: &Value,
        hide: bool,
    ) -> Result<Answered, CallError> {
        match server {
            Server::Api => self.authorised(operation, request, names, hide).await,
            Server::Metadata => {
                let Some(base) = &self.metadata_base else {
                    return Err(unplaced(operation));
                };
                let request = self.wire.build(operation, base, request, names)?;
                self.wire
                    .send(operation, request, names, Via::Metadata, hide)
                    .await
            }
        }
    }

    /// A 401 is answered with new credentials, once, if there are any: nothing was done yet.
    async fn authorised(
        &self,
        operation: Operation,
        request: &Request,
        names: &Value,
        hide: bool,
    ) -> Result<Answered, CallError> {
        let _turn = self.authority.turn(&self.wire).await;
        let mut second = false;
        loop {
            let grant = self.authority.grant(&self.wire, operation).await?;
            let result = self.send(operation, &grant, request, names, hide).await;
            let Err(error) = result else {
                self.authority.accepted(&grant);
                return result;
            };
            if error.status != Some(401) {
                // Any other answer of the API comes after it has let this one in.
                if error.status.is_some() {
                    self.authority.accepted(&grant);
                }
                return Err(error);
            }
            let renewed = self.authority.refused(&self.wire, &grant).await;
            if second || !renewed {
                return Err(self.advised(error));
            }
            second = true;
        }
    }

    async fn send(
        &self,
        operation: Operation,
        grant: &Grant,
        request: &Request,
        names: &Value,
        hide: bool,
    ) -> Result<Answered, CallError> {
        let Some(base) = self.base.as_ref().or(grant.base.as_ref()) else {
            return Err(unplaced(operation));
        };
        let mut request = self.wire.build(operation, base, request, names)?;
        let (name, value) = grant.header.clone();
        request.headers_mut().insert(name, value);
        self.wire
            .send(operation, request, names, Via::Cloud, hide)
            .await
    }

    fn advised(&self, mut error: CallError) -> CallError {
        let advice = self.authority.advice();
        error.error.message = format!("{}; {advice}", error.error.message);
        error
    }
}

fn unplaced(operation: Operation) -> CallError {
    let message = "where the server is, is not known: set base_url (or, for the metadata service, metadata_base)";
    failed(operation, ErrorKind::Misconfigured, message.to_owned()).into()
}
