//! The page around the mails: plain HTML that works without the client.

use super::folder::Mail;
use app::{
    i18n::{moment, number, t},
    state::Appearance,
};
use domain::Locale;
use std::fmt::Write;

/// What one answer shows.
pub struct Page<'a> {
    /// Language of the labels.
    pub locale: Locale,
    /// Theme and density.
    pub appearance: Appearance,
    /// Address of the style sheet.
    pub stylesheet: String,
    /// The list.
    pub mails: &'a [Mail],
    /// How many there are, shown or not.
    pub total: usize,
    /// The mail that is asked for: `Some(None)` where it does not exist.
    pub open: Option<Option<&'a Mail>>,
}

impl Page<'_> {
    /// The document. Every value is escaped: mails hold what people typed.
    pub fn render(&self) -> String {
        let l = self.locale;
        let title = t::testmail::title(l);
        let mut attributes = String::new();
        for (name, value) in [
            ("data-theme", self.appearance.theme.attribute()),
            ("data-density", self.appearance.density.attribute()),
        ] {
            if let Some(value) = value {
                let _ = write!(attributes, " {name}=\"{value}\"");
            }
        }
        format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\"{attributes}>\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n\
             <link rel=\"stylesheet\" href=\"{css}\">\n<title>{title} – Delega</title>\n</head>\n<body>\n\
             <div class=\"shell\">\n<header class=\"shell-header\"><a class=\"shell-header__brand\" href=\"/\">Delega</a></header>\n\
             <main class=\"main\" id=\"contenuto\" tabindex=\"-1\">\n\
             <div class=\"page-header\"><div class=\"page-header__text\"><h1 class=\"page-header__title\">{title}</h1>\
             <p class=\"page-header__lead\">{lead}</p></div>\
             <div class=\"page-header__actions\"><a class=\"button\" href=\"/posta-di-prova\">{refresh}</a>\
             <a class=\"button button--quiet\" href=\"/\">{back}</a></div></div>\n{body}</main>\n</div>\n</body>\n</html>\n",
            lang = l.code(),
            css = escape(&self.stylesheet),
            title = escape(title),
            lead = escape(t::testmail::lead(l)),
            refresh = escape(t::testmail::refresh(l)),
            back = escape(t::testmail::to_delega(l)),
            body = self.body(),
        )
    }

    fn body(&self) -> String {
        let l = self.locale;
        if self.mails.is_empty() && self.open.is_none() {
            return format!(
                "<div class=\"empty\"><p class=\"empty__title\">{}</p></div>",
                escape(t::testmail::empty(l))
            );
        }
        let mut list = String::new();
        for mail in self.mails {
            let current = if self.open.flatten().is_some_and(|m| m.name == mail.name) {
                " aria-current=\"true\""
            } else {
                ""
            };
            let _ = writeln!(
                list,
                "<li><a class=\"mail-list__link\" href=\"/posta-di-prova/{name}#messaggio\"{current}>\
                 <span class=\"mail-list__to\">{to}</span> <span class=\"mail-list__when\">{when}</span> \
                 <span class=\"mail-list__subject\">{subject}</span></a></li>",
                name = escape(&mail.name),
                to = escape(&mail.to),
                when = escape(&self.when(mail)),
                subject = escape(self.subject(mail)),
            );
        }
        let rest = if self.total > self.mails.len() {
            let words = t::testmail::latest_only(
                l,
                number(l, self.mails.len() as u64),
                number(l, self.total as u64),
            );
            format!("<p class=\"muted\">{}</p>\n", escape(&words))
        } else {
            String::new()
        };
        let message = match self.open {
            None => format!("<p class=\"muted\">{}</p>", escape(t::testmail::choose(l))),
            Some(None) => format!(
                "<p class=\"notice notice--warning\">{}</p>",
                escape(t::testmail::not_found(l))
            ),
            Some(Some(mail)) => self.message(mail),
        };
        format!(
            "<div class=\"test-mail\">\n<nav class=\"test-mail__list\" aria-label=\"{label}\">\n<ul class=\"mail-list\">\n{list}</ul>\n{rest}</nav>\n\
             <div class=\"test-mail__message\" id=\"messaggio\">{message}</div>\n</div>\n",
            label = escape(t::testmail::list(l)),
        )
    }

    fn message(&self, mail: &Mail) -> String {
        let l = self.locale;
        let mut parts = String::new();
        if let Some(text) = &mail.text {
            let _ = writeln!(
                parts,
                "<h3 class=\"visually-hidden\">{}</h3><pre class=\"mail-message__text\">{}</pre>",
                escape(t::testmail::text_part(l)),
                escape(text)
            );
        }
        if mail.html.is_some() {
            let _ = writeln!(
                parts,
                "<h3 class=\"visually-hidden\">{}</h3><iframe class=\"mail-message__frame\" title=\"{}\" \
                 sandbox src=\"/posta-di-prova/{}/html\"></iframe>",
                escape(t::testmail::html_part(l)),
                escape(t::testmail::html_frame(l)),
                escape(&mail.name)
            );
        }
        format!(
            "<article class=\"mail-message\">\n<div class=\"mail-message__head\"><h2>{subject}</h2>\
             <dl><dt>{from_label}</dt><dd>{from}</dd><dt>{to_label}</dt><dd>{to}</dd><dt>{sent}</dt><dd>{when}</dd></dl></div>\n\
             <div class=\"mail-message__body\">{parts}</div>\n</article>",
            subject = escape(self.subject(mail)),
            from_label = escape(t::testmail::from(l)),
            from = escape(&mail.from),
            to_label = escape(t::testmail::to(l)),
            to = escape(&mail.to),
            sent = escape(t::testmail::sent(l)),
            when = escape(&self.when(mail)),
        )
    }

    fn subject<'m>(&self, mail: &'m Mail) -> &'m str {
        if mail.subject.is_empty() && mail.text.is_none() {
            t::testmail::unreadable(self.locale)
        } else {
            &mail.subject
        }
    }

    fn when(&self, mail: &Mail) -> String {
        mail.at
            .map(|at| moment(self.locale, at))
            .unwrap_or_default()
    }
}

/// Text for HTML, inside elements and quoted attributes alike.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_never_becomes_markup() {
        let evil = "\"><script>alert('1')</script>&";
        let mail = Mail {
            name: "a.eml".into(),
            from: evil.into(),
            to: evil.into(),
            subject: evil.into(),
            at: None,
            text: Some(evil.into()),
            html: Some(evil.into()),
        };
        let mails = [mail];
        for locale in Locale::ALL {
            let page = Page {
                locale,
                appearance: Appearance::default(),
                stylesheet: "/pkg/x.css".into(),
                mails: &mails,
                total: 9,
                open: Some(Some(&mails[0])),
            };
            let html = page.render();
            assert!(!html.contains("<script"), "{html}");
            assert!(
                html.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;")
            );
            assert!(
                !html.contains(" style="),
                "the content policy would refuse it"
            );
        }
    }
}
