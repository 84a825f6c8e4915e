//! «I tuoi accessi»: where the person is signed in, and ending it.

use crate::{
    api::session::{end_other_sessions, end_own_session, own_sessions},
    i18n::{self, t, use_locale},
    state::Announcer,
    ui::{Button, ButtonKind, Dialog, DialogActions, Notice, Status, Tone},
};
use domain::session::OwnSession;
use leptos::prelude::*;

/// The dialog. It asks for the list when it opens.
#[component]
pub fn OwnSessionsDialog(
    /// The id of the dialog.
    #[prop(default = "accessi")]
    id: &'static str,
    /// The id that takes the focus when the opener is gone.
    #[prop(default = "persona")]
    fallback_focus: &'static str,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let l = use_locale();
    let announcer = use_context::<Announcer>();
    let list = RwSignal::new(Vec::<OwnSession>::new());
    let failed = RwSignal::new(None::<String>);
    let load = Action::new(move |_: &()| async move {
        match own_sessions().await {
            Ok(sessions) => {
                failed.set(None);
                list.set(sessions);
            }
            Err(e) => failed.set(Some(i18n::api_error(l, &e))),
        }
    });
    let end = Action::new(move |reference: &Option<String>| {
        let reference = reference.clone();
        async move {
            let ended = match reference {
                Some(reference) => end_own_session(reference).await.map(|()| 1),
                None => end_other_sessions().await,
            };
            match ended {
                Ok(n) => {
                    if let Some(announcer) = announcer {
                        announcer.outcome(t::shell::sessions_ended(l, n));
                    }
                    load.dispatch(());
                }
                Err(e) => failed.set(Some(i18n::api_error(l, &e))),
            }
        }
    });
    Effect::new(move |_| {
        if open.get() {
            load.dispatch(());
        }
    });
    let others = Memo::new(move |_| list.with(|l| l.iter().any(|s| !s.current)));
    view! {
        <Dialog id=id open=open title=t::shell::sessions_title(l) fallback_focus=fallback_focus>
            <div class="dialog__body">
                <p>{t::shell::sessions_lead(l)}</p>
                {move || failed.get().map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
                <ul class="own-sessions" aria-busy=move || load.pending().get().then_some("true")>
                    <For each=move || list.get() key=|s| (s.reference.clone(), s.last_seen_at) let:session>
                        {line(session, move |reference| { end.dispatch(Some(reference)); })}
                    </For>
                </ul>
            </div>
            <DialogActions>
                {move || {
                    others
                        .get()
                        .then(|| {
                            view! {
                                <Button kind=ButtonKind::Danger busy=end.pending() on_click=move || { end.dispatch(None); }>
                                    {t::shell::session_end_others(l)}
                                </Button>
                            }
                        })
                }}
                <Button on_click=move || open.set(false)>{t::shell::close(l)}</Button>
            </DialogActions>
        </Dialog>
    }
}

fn line(session: OwnSession, end: impl Fn(String) + Send + Sync + 'static) -> impl IntoView {
    let l = use_locale();
    let name = browser(&session.user_agent)
        .unwrap_or_else(|| t::shell::session_unknown_browser(l).to_owned());
    let reference = session.reference.clone();
    view! {
        <li class="own-sessions__item">
            <div>
                <p>
                    <strong>{name.clone()}</strong>
                </p>
                <p class="field__hint">{t::shell::session_seen(l, i18n::moment(l, session.last_seen_at))}</p>
            </div>
            {if session.current {
                view! { <Status tone=Tone::Ok>{t::shell::session_current(l)}</Status> }.into_any()
            } else {
                view! {
                    <Button on_click=move || end(reference.clone())>
                        {t::shell::session_end(l)} <span class="visually-hidden">" " {name}</span>
                    </Button>
                }
                .into_any()
            }}
        </li>
    }
}

/// «Firefox, Windows»: what people recognise in what a browser calls itself.
fn browser(user_agent: &str) -> Option<String> {
    const BROWSERS: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(sign, _)| user_agent.contains(sign))
            .map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn people_recognise_their_browser() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(edge).as_deref(), Some("Edge, Windows"));
        assert_eq!(browser("curl/8.5"), None);
    }
}
