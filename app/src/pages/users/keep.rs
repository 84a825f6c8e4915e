//! «Mantieni i 50 selezionati / Deseleziona»: asked before the filters change.

use super::list::{Waiting, use_list};
use crate::{
    api::users::{KEEP_MAX, selected_ids},
    i18n::{api_error, number, t},
    ui::{Button, ButtonKind, Dialog, DialogActions, DialogSize, Notice, Tone},
};
use domain::user::Selection;
use leptos::{prelude::*, task::spawn_local};

/// The question. Esc and «Annulla» leave filters and selection as they were.
#[component]
pub fn KeepDialog() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let open = RwSignal::new(false);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let too_many = RwSignal::new(false);
    Effect::new(move |_| {
        if list.waiting.with(Option::is_some) && !open.get_untracked() {
            failed.set(None);
            let many =
                |s: &Selection| matches!(s, Selection::AllFound { .. }) && s.len() > KEEP_MAX;
            too_many.set(list.selected.with_untracked(many));
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now {
            list.waiting.set(None);
        }
        now
    });
    let proceed = move || {
        let waiting = list.waiting.get_untracked();
        open.set(false);
        if let Some(Waiting::Go(wanted)) = waiting {
            list.navigate.run((*wanted,));
        }
    };
    let keep = move || {
        let selection = list.selected.with_untracked(Selection::clone);
        if matches!(selection, Selection::Only(_)) {
            return proceed();
        }
        busy.set(true);
        spawn_local(async move {
            let answer = selected_ids(selection).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(Some(ids)) => {
                    list.selected
                        .set(Selection::Only(ids.into_iter().collect()));
                    proceed();
                }
                Ok(None) => too_many.set(true),
                Err(e) => failed.set(Some(api_error(l, &e))),
            }
        });
    };
    let count = move || number(l, list.selected.len());
    view! {
        <Dialog
            id="users-keep"
            open=open
            title=t::users::keep_title(l)
            size=DialogSize::Small
            alert=true
            described_by="users-keep-text"
        >
            <div class="dialog__body" id="users-keep-text">
                <p>{move || t::users::keep_text(l, count())}</p>
                {move || too_many.get().then(|| view! { <p>{t::users::keep_too_many(l, number(l, KEEP_MAX))}</p> })}
                {move || failed.get().map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            </div>
            <DialogActions>
                <Button on_click=move || open.set(false)>{t::users::cancel(l)}</Button>
                <Button
                    busy=busy
                    on_click=move || {
                        list.selected.clear();
                        proceed();
                    }
                >
                    {t::users::deselect(l)}
                </Button>
                {move || {
                    (!too_many.get())
                        .then(|| {
                            view! {
                                <Button kind=ButtonKind::Primary autofocus=true busy=busy on_click=keep>
                                    {move || t::users::keep(l, count())}
                                </Button>
                            }
                        })
                }}
            </DialogActions>
        </Dialog>
    }
}
