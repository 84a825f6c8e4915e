//! What the page knows, and how it is read: counters and the rows of the open tab, in one
//! answer, so that both speak of the same moment.

use super::address::{Address, Tab};
use crate::{
    api::{
        ApiResult,
        alignment::{alignment_counters, alignment_rows, linked_users},
        creation::{list_candidates, read_creation_frame},
    },
    i18n::{api_error, use_locale},
    state::{Announcer, Toasts},
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
    hooks::{use_navigate, use_query_map},
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
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sheet {
    /// The numbers.
    pub counters: Counters,
    /// The tab it was read for.
    #[serde(with = "tab_code")]
    pub tab: Tab,
    /// The rows.
    pub body: Body,
}

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
    /// What is searched.
    pub text: RwSignal<String>,
    /// The answer.
    pub sheet: Resource<ApiResult<Sheet>>,
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
    go: Callback<(Address,)>,
}

impl Board {
    /// Opens the page.
    pub fn open() -> Self {
        let query = use_query_map();
        let navigate = use_navigate();
        let address = Memo::new(move |_| query.with(Address::read));
        let text = RwSignal::new(String::new());
        let version = RwSignal::new(0_u32);
        let sheet = Resource::new(
            move || (address.get(), text.get(), version.get()),
            |(address, text, _)| read(address, text),
        );
        let board = Self {
            l: use_locale(),
            address,
            text,
            sheet,
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
            go: Callback::new(move |(to,): (Address,)| {
                navigate(
                    &to.text(),
                    NavigateOptions {
                        scroll: false,
                        ..NavigateOptions::default()
                    },
                );
            }),
        };
        // The rows are made anew after each act: the focus goes where the act left it.
        Effect::new(move |_| {
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

    /// The kind that is worked on.
    pub fn kind(self) -> PersonKind {
        self.address.with_untracked(Address::chosen)
    }

    /// Reads everything again.
    pub fn reload(self) {
        self.version.update(|n| *n += 1);
    }

    /// Goes to another tab.
    pub fn open_tab(self, key: &str) {
        let tab = Tab::from_code(key).unwrap_or_default();
        self.text.set(String::new());
        self.result.set(None);
        self.focus
            .set_value(Some(format!("align-tab-{}", tab.code())));
        let kind = self.address.with_untracked(|a| a.kind);
        self.go(Address {
            tab,
            kind,
            staged: None,
            unit: None,
            year: None,
            class: None,
            page: 1,
        });
    }

    /// Goes to another address of the page.
    pub fn go(self, to: Address) {
        self.go.run((to,));
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

async fn read(address: Address, text: String) -> ApiResult<Sheet> {
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
                text,
                staged: address.staged,
                page,
            };
            Body::Pairs(alignment_rows(query).await?)
        }
        Tab::Linked => {
            let query = AlignmentQuery {
                kind: address.kind,
                text,
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
                text,
            };
            let frame = read_creation_frame(kind, filter.unit, filter.year).await?;
            let (rows, creatable) = list_candidates(filter, page).await?;
            Body::Candidates(rows, creatable, frame)
        }
    };
    Ok(Sheet {
        counters,
        tab: address.tab,
        body,
    })
}
