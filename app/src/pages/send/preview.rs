//! Both mails as they will look, in the language chosen.

use crate::{
    api::sending::preview_mail,
    i18n::{api_error, t},
    ui::{ChoiceOption, Notice, SelectField, SkeletonCards, TabItem, TabPanel, Tabs, Tone},
};
use domain::{Locale, job::MailKind, sending::MailPreview};
use leptos::prelude::*;

/// «Anteprima [Mail 1][Mail 2]».
#[component]
pub fn Preview(
    /// Language of the page, and of the preview at first.
    l: Locale,
) -> impl IntoView {
    let kind = RwSignal::new(MailKind::UserCode);
    let language = RwSignal::new(l.code().to_owned());
    let mail = Resource::new(
        move || (kind.get(), language.with(|code| code.parse().unwrap_or(l))),
        |(kind, locale)| preview_mail(kind, locale),
    );
    let tabs = Signal::stored(vec![
        TabItem::new(MailKind::UserCode.code(), t::sending::mail1(l)),
        TabItem::new(MailKind::TemporaryPassword.code(), t::sending::mail2(l)),
    ]);
    let options = Locale::ALL
        .map(|o| ChoiceOption::new(o.code(), o.endonym()))
        .to_vec();
    let select =
        move |(key,): (String,)| kind.set(MailKind::from_code(&key).unwrap_or(MailKind::UserCode));
    let shown = move || {
        mail.get().map(|answer| match answer {
            Ok(mail) => words(l, mail, language.get_untracked()).into_any(),
            Err(e) => view! { <Notice tone=Tone::Error>{api_error(l, &e)}</Notice> }.into_any(),
        })
    };
    view! {
        <h2 id="send-preview">{t::sending::preview(l)}</h2>
        <SelectField
            id="send-language"
            label=t::sending::language(l)
            value=language
            options=options
            hint=t::sending::language_hint(l).to_owned()
        />
        <div>
            <Tabs
                id="send-mail"
                label=t::sending::preview(l)
                tabs=tabs
                selected=Signal::derive(move || kind.get().code().to_owned())
                on_select=select
            />
            {move || {
                let key = kind.get().code();
                view! {
                    <TabPanel tabs="send-mail" key=key>
                        <Transition fallback=move || view! { <SkeletonCards count=1 /> }>{shown}</Transition>
                    </TabPanel>
                }
            }}
        </div>
        <p class="muted">{t::sending::preview_note(l)}</p>
    }
}

fn words(l: Locale, mail: MailPreview, language: String) -> impl IntoView {
    view! {
        <div class="mail-preview" lang=language>
            <div class="mail-preview__head">
                <dl>
                    <dt lang=l.code()>{t::sending::subject(l)}</dt>
                    <dd>{mail.subject}</dd>
                </dl>
            </div>
            <pre class="mail-preview__body">{mail.text}</pre>
        </div>
    }
}
