//! Routes that need nobody signed in.

use super::{Everybody, Route, get};

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/healthz",
            Everybody("for whoever watches the service"),
            |_| "/healthz".into(),
        ),
        get(
            "/readyz",
            Everybody("for whoever watches the service"),
            |_| "/readyz".into(),
        ),
        get(
            "/posta-di-prova",
            Everybody("exists in the demo only"),
            |_| "/posta-di-prova".into(),
        ),
        get(
            "/posta-di-prova/{name}",
            Everybody("exists in the demo only"),
            |_| "/posta-di-prova/x".into(),
        ),
        get(
            "/posta-di-prova/{name}/html",
            Everybody("exists in the demo only"),
            |_| "/posta-di-prova/x/html".into(),
        ),
        get(
            "/esci",
            Everybody("ends the own session, if there is one"),
            |_| "/esci".into(),
        ),
        get("/entra", Everybody("how a session begins"), |_| {
            "/entra".into()
        }),
        get("/lingua", Everybody("the language of this browser"), |_| {
            "/lingua".into()
        }),
        get(
            "/cambia-password",
            Everybody("the own password; asks for the session itself"),
            |_| "/cambia-password".into(),
        ),
    ]
}
