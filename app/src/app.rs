//! The document and its routes.

use crate::{i18n::page_locale, pages};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The HTML document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let locale = page_locale();
    let look = crate::state::page_appearance();
    view! {
        <!DOCTYPE html>
        <html lang=locale.code() data-theme=look.theme.attribute() data-density=look.density.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                {crate::state::session_for_document().map(|s| view! { <meta name=crate::state::SESSION content=s /> })}
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options=options.clone() id="leptos" />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The app: contexts, shell and routes. It also runs once without a request (to list the
/// routes), so nothing here may expect one.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(page_locale());
    crate::state::provide();
    crate::widgets::unsaved::watch_back();
    view! {
        <Router>
            <Routes fallback=pages::not_found::NotFound>
                // Public pages: no session needed.
                <Route path=path!("/accesso") view=pages::sign_in::SignIn />
                <Route path=path!("/password") view=pages::password::ChangePassword />
                <Route path=path!("/condizioni") view=pages::terms::TermsOfUse />
                <Route path=path!("/profilo") view=pages::profile::ChooseProfile ssr=SsrMode::Async />
                // The registration of invited people; each form also works without JavaScript.
                <Route path=path!("/registrazione") view=pages::register::EnterCode ssr=SsrMode::Async />
                <Route path=path!("/registrazione/dati") view=pages::register::CheckData ssr=SsrMode::Async />
                <Route path=path!("/registrazione/password") view=pages::register::FirstPassword ssr=SsrMode::Async />
                <Route path=path!("/registrazione/fatto") view=pages::register::Registered ssr=SsrMode::Async />
                <Route path=path!("/registrazione/scaduto") view=pages::register::CodeExpired ssr=SsrMode::Async />
                <Route path=path!("/registrazione/segnalato") view=pages::register::Refused ssr=SsrMode::Async />
                <Route path=path!("/password-dimenticata") view=pages::forgotten::Forgotten />
                <Route path=path!("/reimposta-password") view=pages::reset::ResetPassword />
                // Everything else stands in the shell with header and menu.
                // Each answer is whole: it reads without JavaScript, and its status and title are
                // those of what it shows.
                <ParentRoute path=path!("") view=pages::layout::Layout ssr=SsrMode::Async>
                    <Route path=path!("/") view=pages::home::Home />
                    <Route path=path!("/io") view=pages::account::Account />
                    <Route path=path!("/utenti") view=pages::users::Users />
                    <Route path=path!("/utenti/nuovo") view=pages::NewUserOf />
                    <Route path=path!("/utenti/invio") view=pages::send::Send />
                    <Route path=path!("/utenti/gruppi") view=pages::bulk_groups::BulkGroups />
                    <Route path=path!("/utenti/lettere") view=pages::letters::Letters />
                    <Route path=path!("/utenti/lettere/:id") view=pages::letters::LetterRun />
                    <Route path=path!("/utenti/azione") view=pages::row_acts::Bulk />
                    <Route path=path!("/abilitazioni") view=pages::worklist::Worklist />
                    <Route path=path!("/utenti/:id/abilitazione/autorizzazioni") view=pages::wizard::WizardRoles />
                    <Route path=path!("/utenti/:id/abilitazione/panoramica") view=pages::wizard::WizardOverview />
                    <Route path=path!("/utenti/:id/abilitazione/codice") view=pages::wizard::WizardCode />
                    <Route path=path!("/utenti/:id") view=pages::user::User />
                    <Route path=path!("/revisione") view=pages::review::ReviewPage />
                    <Route path=path!("/unita") view=pages::units::UnitsPage />
                    <Route path=path!("/anagrafiche") view=pages::registry::Registry />
                    <Route path=path!("/anagrafiche/nuova") view=pages::person_new::NewPerson />
                    <Route path=path!("/anagrafiche/:id") view=pages::person::Person />
                    <Route path=path!("/allineamento") view=pages::alignment::Alignment />
                    <Route path=path!("/allineamento/creazione") view=pages::creation::CreateUsers />
                    <Route path=path!("/operazioni") view=pages::operations::Operations />
                    <Route path=path!("/operazioni/:id") view=pages::operation::Operation />
                    <Route path=path!("/discrepanze") view=pages::discrepancies::DiscrepancyList />
                    <Route path=path!("/discrepanze/:id") view=pages::discrepancies::DiscrepancyPage />
                    <Route path=path!("/posta") view=pages::outbox::Outbox />
                    <Route path=path!("/gruppi") view=pages::groups::Groups />
                    <Route path=path!("/gruppi/nuovo") view=pages::groups::NewGroup />
                    <Route path=path!("/gruppi/:id") view=pages::groups::GroupPage />
                    <Route path=path!("/gruppi/:id/modifica") view=pages::groups::EditGroup />
                    <Route path=path!("/impostazioni/promemoria") view=pages::HouseSettingsOf />
                    <Route path=path!("/registro") view=pages::audit::AuditTrail />
                    <Route path=path!("/importa") view=pages::import::Import />
                    <Route path=path!("/importa/:id") view=pages::import::ImportPreview />
                    <Route path=path!("/accessibilita") view=pages::accessibility::Accessibility />
                    <Route path=path!("/*any") view=pages::not_found::NotFound />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
