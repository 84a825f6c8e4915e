//! What the page knows, and how it is read: counters and the rows of the open tab, in one
//! answer, so that both speak of the same moment.

use super::address::{Address, PATH, Tab};
use crate::{
    api::{
        ApiResult,
        alignment::{alignment_counters, alignment_rows, linked_users},
        creation::{list_candidates, read_creation_frame},
    },
    i18n::{api_error, use_locale},
    state::{Announcer, Toasts, fragment::text_of},
    ui::{Tone, dom},
};
use domain::{
    Locale, PersonId, UnitId, UserId,
    alignment::{
        AlignmentQuery, AlignmentRow, Candidate, CandidateFilter, CandidatePick, Counters,
        CreationFrame, LinkedRow, SaveResult,
    },
    page::{Page, PageRequest, PageSize},
    person::PersonKind,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use serde::{Deserialize, Serialize};

/// The rows of the open tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// First tab.
    Pairs(Page<AlignmentRow>),
    /// Second tab.
    Linked(Page<LinkedRow>),
    /// Third tab: the rows, how many could be created, what the filters offer.
    Candidates(Page<Candidate>, u64, CreationFrame),
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The numbers.
    pub counters: Counters,
    /// The kind it was read for: what the acts on its rows are about.
    pub kind: PersonKind,
    /// Grows with every reading that an act brought about.
    pub version: u32,
    /// The tab it was read for.
    #[serde(with = "tab_code")]
    pub tab: Tab,
    /// The rows.
    pub body: Body,
}

/// The latest answer that could be read; it stays while others are on their way.
pub type Shown = Memo<Option<Sheet>>;

mod tab_code {
    use super::Tab;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(tab: &Tab, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(tab.code())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Tab, D::Error> {
        let code = String::deserialize(d)?;
        Ok(Tab::from_code(&code).unwrap_or_default())
    }
}

/// Who is refused whom, for the dialog of «Non è lei/lui».
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusing {
    /// The user.
    pub user: UserId,
    /// Its name.
    pub user_name: String,
    /// The record.
    pub person: PersonId,
    /// Its name.
    pub person_name: String,
}

/// State of the page.
#[derive(Clone, Copy)]
pub struct Board {
    /// Language.
    pub l: Locale,
    /// What the address says.
    pub address: Memo<Address>,
    /// The answer.
    pub sheet: Resource<ApiResult<Sheet>>,
    /// Rows are on their way.
    pub loading: RwSignal<bool>,
    /// Something is being written.
    pub busy: RwSignal<bool>,
    /// What the last save did.
    pub result: RwSignal<Option<SaveResult>>,
    /// Opens the dialog of «Non è lei/lui».
    pub refusing: RwSignal<Option<Refusing>>,
    /// Ticked records of the third tab.
    pub pick: RwSignal<CandidatePick>,
    /// «Gruppo a cui collegare le utenze create»: its number, or nothing.
    pub group: RwSignal<String>,
    /// Whose mail is being added.
    pub mailing: RwSignal<Option<Candidate>>,
    /// Messages.
    pub toasts: Option<Toasts>,
    /// Where the focus goes once the rows have come.
    pub focus: StoredValue<Option<String>>,
    announcer: Option<Announcer>,
    version: RwSignal<u32>,
    /// Of which kind the rows shown are, once they have come.
    present: StoredValue<Option<PersonKind>>,
    /// What the fields asked for: they show it already.
    asked: StoredValue<Option<Address>>,
    go: Callback<(Address,)>,
}

impl Board {
    /// Opens the page.
    pub fn open() -> Self {
        let location = use_location();
        let navigate = use_navigate();
        // The server sees no fragment: while its page comes alive there is none, then there is.
        let hydrating = Owner::current_shared_context().is_some_and(|c| c.during_hydration());
        let alive = RwSignal::new(!is_server() && !hydrating);
        Effect::new(move |_| alive.set(true));
        let address = Memo::new(move |was: Option<&Address>| {
            // On the way to another page its address is none of ours.
            if let Some(was) = was
                && location.pathname.with(|p| p.trim_end_matches('/') != PATH)
            {
                return was.clone();
            }
            let text = if alive.get() {
                location.hash.with(|h| text_of(h))
            } else {
                String::new()
            };
            location.query.with(|q| Address::read(q, text))
        });
        let version = RwSignal::new(0_u32);
        let sheet = Resource::new(
            move || (address.get(), version.get()),
            |(address, version)| read(address, version),
        );
        let board = Self {
            l: use_locale(),
            address,
            sheet,
            loading: RwSignal::new(false),
            busy: RwSignal::new(false),
            result: RwSignal::new(None),
            refusing: RwSignal::new(None),
            pick: RwSignal::new(CandidatePick::default()),
            group: RwSignal::new(String::new()),
            mailing: RwSignal::new(None),
            toasts: use_context(),
            focus: StoredValue::new(None),
            announcer: use_context(),
            version,
            present: StoredValue::new(None),
            asked: StoredValue::new(None),
            go: Callback::new(move |(to,): (Address,)| {
                navigate(
                    &to.write(),
                    NavigateOptions {
                        resolve: false,
                        scroll: false,
                        ..NavigateOptions::default()
                    },
                );
            }),
        };
        // The rows are made anew after each act: the focus goes where the act left it.
        Effect::new(move |_| {
            let kind = sheet.with(|s| match s {
                Some(Ok(sheet)) => Some(sheet.kind),
                _ => None,
            });
            board.present.set_value(kind);
            if sheet.with(Option::is_some)
                && let Some(id) = board.focus.try_update_value(Option::take).flatten()
            {
                request_animation_frame(move || {
                    if !dom::focus_id(&id) {
                        dom::focus_heading();
                    }
                });
            }
        });
        board
    }

    /// The kind that is worked on: of the rows shown, not of those on their way.
    pub fn kind(self) -> PersonKind {
        self.present
            .try_get_value()
            .flatten()
            .unwrap_or_else(|| self.address.with_untracked(Address::chosen))
    }

    /// Reads everything again.
    pub fn reload(self) {
        self.version.update(|n| *n += 1);
    }

    /// Goes to another tab.
    pub fn open_tab(self, key: &str) {
        let tab = Tab::from_code(key).unwrap_or_default();
        self.result.set(None);
        let kind = self.address.with_untracked(|a| a.kind);
        self.go(Address {
            tab,
            kind,
            staged: None,
            unit: None,
            year: None,
            class: None,
            page: 1,
            text: String::new(),
        });
    }

    /// Goes to another address of the page; the fields follow.
    pub fn go(self, to: Address) {
        self.asked.set_value(None);
        self.go.run((to,));
    }

    /// Goes where the fields say.
    pub fn ask(self, to: Address) {
        self.asked.set_value(Some(to.clone()));
        self.go.run((to,));
    }

    /// Lets the fields of a tab follow the address: back, forward, «Azzera filtri». What
    /// they asked for themselves they show already, and a choice made since then stays.
    pub fn follow(self, fill: impl Fn(&Address) + Clone + 'static) {
        let drawn = self.address.get_untracked();
        Effect::new(move |was: Option<Address>| {
            let now = self.address.get();
            let asked = self.asked.try_update_value(Option::take).flatten();
            if was.as_ref().unwrap_or(&drawn) != &now && asked.as_ref() != Some(&now) {
                // A moment later: a field that comes alive takes over what was typed before.
                let (fill, to) = (fill.clone(), now.clone());
                request_animation_frame(move || fill(&to));
            }
            now
        });
    }

    /// Another page of the rows.
    pub fn go_page(self, page: u64) {
        self.go(Address {
            page: u32::try_from(page).unwrap_or(1),
            ..self.address.get_untracked()
        });
    }

    /// Says what went wrong.
    pub fn fail(self, e: &crate::api::ApiError) {
        if let Some(toasts) = self.toasts {
            toasts.push(Tone::Error, api_error(self.l, e));
        }
    }

    /// Another kind or filter: what was ticked is no longer what is seen.
    pub fn forget_pick(self) {
        self.pick.set(CandidatePick::default());
    }

    /// Announces an outcome that the page shows by itself.
    pub fn say(self, words: String) {
        if let Some(announcer) = self.announcer {
            announcer.status(words);
        }
    }
}

async fn read(address: Address, version: u32) -> ApiResult<Sheet> {
    let kind = address.chosen();
    let counters = alignment_counters(kind, address.tab == Tab::Pairs).await?;
    let page = PageRequest {
        number: address.page,
        size: PageSize::Fifty,
    };
    let body = match address.tab {
        Tab::Pairs => {
            let query = AlignmentQuery {
                kind: Some(kind),
                text: address.text,
                staged: address.staged,
                page,
            };
            Body::Pairs(alignment_rows(query).await?)
        }
        Tab::Linked => {
            let query = AlignmentQuery {
                kind: address.kind,
                text: address.text,
                staged: None,
                page,
            };
            Body::Linked(linked_users(query).await?)
        }
        Tab::Create => {
            let filter = CandidateFilter {
                kind,
                unit: address.unit.map(UnitId),
                year: address.year,
                class: address.class,
                text: address.text,
            };
            let frame = read_creation_frame(kind, filter.unit, filter.year).await?;
            let (rows, creatable) = list_candidates(filter, page).await?;
            Body::Candidates(rows, creatable, frame)
        }
    };
    Ok(Sheet {
        counters,
        kind,
        version,
        tab: address.tab,
        body,
    })
}
