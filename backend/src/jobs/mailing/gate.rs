//! The narrow place between the server's acceptance and its booking.

use crate::mail::Outcome;
use std::{future::Future, pin::pin, time::Duration};
use tokio::{sync::Mutex, time::timeout};

/// A server that has not answered by then keeps nobody else waiting.
const PATIENCE: Duration = Duration::from_millis(60);

/// A mail that the server has and the database does not know of is sent twice where the
/// worker dies at that moment. So the mails of a worker give their last line one after the
/// other, each once the one before it is booked: a death doubles one mail at most. Everything
/// before the last line goes on side by side. A server that takes its time to answer is
/// waited for outside, so that it does not hold up what leaves for others.
#[derive(Debug, Default)]
pub struct Gate(Mutex<()>);

impl Gate {
    /// Sends and books, in turn.
    pub async fn pass(
        &self,
        sending: impl Future<Output = Outcome>,
        book: impl AsyncFnOnce(Outcome),
    ) {
        let mut sending = pin!(sending);
        let turn = self.0.lock().await;
        match timeout(PATIENCE, &mut sending).await {
            Ok(outcome) => {
                book(outcome).await;
                drop(turn);
            }
            Err(_) => {
                drop(turn);
                book(sending.await).await;
            }
        }
    }
}
