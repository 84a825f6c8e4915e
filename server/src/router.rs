//! Routes and layers, outermost last.

use crate::{layers, routes, state::AppState, visitor};
use app::ssr::Visitor;
use axum::{
    Router,
    http::request::Parts,
    middleware,
    routing::{get, post},
};
use backend::Backend;
use leptos::{
    config::LeptosOptions,
    context::{provide_context, use_context},
};
use leptos_axum::{LeptosRoutes, generate_route_list};

/// The whole service.
pub fn router(state: AppState) -> Router {
    let pages = Router::new()
        .merge(app_routes(&state))
        .route("/esci", post(routes::sign_out::sign_out))
        .merge(routes::extra(&state))
        .layer(middleware::from_fn(layers::gate::gate))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            visitor::identify,
        ))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            layers::csrf::same_origin,
        ))
        .layer(layers::limits::compression());
    Router::new()
        .merge(pages)
        .merge(routes::assets::routes(&state.site))
        .route("/healthz", get(routes::health::healthz))
        .route("/readyz", get(routes::health::readyz))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            layers::headers::secure,
        ))
        .layer(middleware::from_fn(layers::panic::catch))
        .layer(middleware::from_fn(layers::trace::trace))
        .with_state(state)
}

/// Pages and server functions, with what they find in their context.
fn app_routes(state: &AppState) -> Router<AppState> {
    let options = <LeptosOptions as axum::extract::FromRef<AppState>>::from_ref(state);
    let backend = state.backend.clone();
    let provide = move || {
        provide_context::<Backend>(backend.clone());
        if let Some(visitor) =
            use_context::<Parts>().and_then(|p| p.extensions.get::<Visitor>().cloned())
        {
            provide_context(visitor);
        }
        layers::headers::content_policy_of_this_page();
    };
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(app::App), provide, move || {
            app::shell(options.clone())
        })
        .layer(layers::limits::body(layers::limits::ORDINARY_BODY))
        .layer(layers::limits::timeout())
        .layer(middleware::from_fn(layers::status::correct))
}
