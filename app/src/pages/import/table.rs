//! The rows of an import: counts as filters, a page at a time from the server.

use super::{upload::Failure, words};
use crate::{
    api::ApiResult,
    i18n::{number, t, use_locale},
    ui::{
        BusyBar, ChoiceOption, EmptyState, PageSizeSelect, Pagination, SkeletonRows, Tag, Tone,
        in_browser,
    },
};
use domain::{
    ImportId, Locale,
    import::{ImportCounts, ImportKind, ImportRow, ImportView, RowOutcome},
    page::{Page, PageRequest, PageSize},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// Value of an outcome in the address.
const fn slug(outcome: RowOutcome) -> &'static str {
    match outcome {
        RowOutcome::New => "nuovo",
        RowOutcome::Changed => "modificato",
        RowOutcome::Unchanged => "invariato",
        RowOutcome::Duplicate => "doppione",
        RowOutcome::Error => "errore",
    }
}

const fn tone(outcome: RowOutcome) -> Tone {
    match outcome {
        RowOutcome::New => Tone::Ok,
        RowOutcome::Changed => Tone::Info,
        RowOutcome::Unchanged => Tone::Neutral,
        RowOutcome::Duplicate => Tone::Warning,
        RowOutcome::Error => Tone::Error,
    }
}

/// Sizes of a page; a preview is looked at, not worked on, so «Tutti» is left out.
const SIZES: [PageSize; 4] = [
    PageSize::Ten,
    PageSize::TwentyFive,
    PageSize::Fifty,
    PageSize::Hundred,
];

/// What of the rows is shown: the address says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Only rows with this outcome.
    pub(super) outcome: Option<RowOutcome>,
    /// Which page of them.
    pub(super) page: PageRequest,
}

impl Shown {
    fn address(self, id: ImportId) -> String {
        let mut parts = Vec::new();
        parts.extend(self.outcome.map(|o| format!("esito={}", slug(o))));
        if self.page.size != PageSize::default() {
            parts.push(format!("righe={}", self.page.size.code()));
        }
        if self.page.number > 1 {
            parts.push(format!("pagina={}", self.page.number));
        }
        let query = if parts.is_empty() {
            String::new()
        } else {
            format!("?{}", parts.join("&"))
        };
        format!("/importa/{id}{query}")
    }
}

/// What the address says.
pub(super) fn shown() -> Memo<Shown> {
    let query = use_query_map();
    Memo::new(move |_| {
        let query = query.read();
        let size = query
            .get("righe")
            .and_then(|s| PageSize::from_code(&s))
            .filter(|s| SIZES.contains(s));
        let number = query
            .get("pagina")
            .and_then(|n| n.parse().ok())
            .unwrap_or(1);
        Shown {
            outcome: query
                .get("esito")
                .and_then(|e| RowOutcome::ALL.into_iter().find(|o| slug(*o) == e)),
            page: PageRequest {
                number,
                size: size.unwrap_or_default(),
            },
        }
    })
}

/// Filters, table and pager.
#[component]
pub(super) fn Rows(
    view: ImportView,
    rows: Resource<ApiResult<Page<ImportRow>>>,
    shown: Memo<Shown>,
) -> impl IntoView {
    let l = use_locale();
    let (id, kind, counts) = (view.id, view.kind, view.counts);
    let busy = RwSignal::new(false);
    let navigate = use_navigate();
    let go = Callback::new(move |(to,): (Shown,)| {
        navigate(
            &to.address(id),
            NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    });
    view! {
        <Filters counts id shown/>
        <BusyBar busy/>
        <Transition set_pending=in_browser(busy) fallback=move || view! { <Table kind caption=String::new()><SkeletonRows rows=8 columns=7/></Table> }>
            {move || Suspend::new(async move {
                match rows.await {
                    Ok(page) => view! { <Listed page kind shown go/> }.into_any(),
                    Err(e) => view! { <Failure error=e on_retry=move || rows.refetch()/> }.into_any(),
                }
            })}
        </Transition>
        <p class="visually-hidden">{move || busy.get().then(|| t::import::loading(l))}</p>
    }
}

/// «NUOVO 1.178 · ERRORE 14…»: the counts are the filters.
#[component]
fn Filters(counts: ImportCounts, id: ImportId, shown: Memo<Shown>) -> impl IntoView {
    let l = use_locale();
    let link = move |outcome: Option<RowOutcome>| {
        let count = number(
            l,
            u64::from(outcome.map_or(counts.rows(), |o| counts.of(o))),
        );
        let page = move || PageRequest {
            number: 1,
            size: shown.get().page.size,
        };
        view! {
            <li>
                <a
                    class="views__link"
                    href=move || Shown { outcome, page: page() }.address(id)
                    aria-current=move || (shown.get().outcome == outcome).then_some("true")
                    data-noscroll=""
                >
                    {outcome.map_or(t::import::all_rows(l), |o| words::outcome(l, o))}
                    " "
                    <span class="count">{count}</span>
                </a>
            </li>
        }
    };
    view! {
        <nav class="import-rows" aria-label=t::import::filter_label(l)>
            <ul class="views" role="list">
                {link(None)}
                {RowOutcome::ALL.into_iter().map(|o| link(Some(o))).collect_view()}
            </ul>
        </nav>
    }
}

#[component]
fn Listed(
    page: Page<ImportRow>,
    kind: ImportKind,
    shown: Memo<Shown>,
    go: Callback<(Shown,)>,
) -> impl IntoView {
    let l = use_locale();
    if page.items.is_empty() {
        return view! { <EmptyState title=t::import::no_rows(l)/> }.into_any();
    }
    let first = u64::try_from(
        PageRequest {
            number: page.number,
            size: page.size,
        }
        .offset(),
    )
    .unwrap_or(0)
        + 1;
    let last = first + page.items.len() as u64 - 1;
    let caption = t::import::caption(l, number(l, first), number(l, last), number(l, page.total));
    let (current, pages) = (u64::from(page.number), u64::from(page.pages()));
    let rows = page
        .items
        .into_iter()
        .map(|row| table_row(l, row))
        .collect_view();
    let sizes = SIZES
        .into_iter()
        .map(|s| ChoiceOption::new(s.code(), s.code()))
        .collect::<Vec<_>>();
    let to_page = move |n: u64| {
        let shown = shown.get_untracked();
        let page = PageRequest {
            number: u32::try_from(n).unwrap_or(1),
            ..shown.page
        };
        go.run((Shown { page, ..shown },));
    };
    let to_size = move |code: String| {
        let size = PageSize::from_code(&code).unwrap_or_default();
        go.run((Shown {
            page: PageRequest { number: 1, size },
            ..shown.get_untracked()
        },));
    };
    view! {
        <div class="slot-a">
            <PageSizeSelect
                id="import-size"
                label=t::import::rows_per_page(l)
                options=sizes
                value=page.size.code().to_owned()
                on_change=to_size
            />
        </div>
        <Table kind caption>{rows}</Table>
        <Pagination
            id="import-pages"
            label=t::import::pages_label(l)
            page=Signal::stored(current)
            pages=Signal::stored(pages)
            first=t::import::first(l)
            previous=t::import::previous(l)
            page_label=t::import::page(l)
            of_total=t::import::of_pages(l, number(l, pages))
            next=t::import::next(l)
            last=t::import::last(l)
            on_go=to_page
        />
    }
    .into_any()
}

#[component]
fn Table(kind: ImportKind, caption: String, children: Children) -> impl IntoView {
    let l = use_locale();
    view! {
        <div class="table-region" role="region" aria-label=t::import::pages_label(l) tabindex="0">
            <table class="table table--import">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="cell-line">{t::import::c_line(l)}</th>
                        <th scope="col">{t::import::c_outcome(l)}</th>
                        <th scope="col">{words::key(l, kind)}</th>
                        <th scope="col">{t::import::c_name(l)}</th>
                        <th scope="col">{t::import::c_column(l)}</th>
                        <th scope="col">{t::import::c_value(l)}</th>
                        <th scope="col">{t::import::c_what(l)}</th>
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// What there is to say about one column of a row.
struct Remark {
    column: &'static str,
    value: String,
    text: String,
    wrong: bool,
}

fn table_row(l: Locale, row: ImportRow) -> impl IntoView {
    let lines: Vec<Remark> = if row.errors.is_empty() {
        row.changes
            .iter()
            .map(|c| Remark {
                column: c.column.header(),
                value: String::new(),
                text: words::change(l, c),
                wrong: false,
            })
            .collect()
    } else {
        let wrong = row.outcome == RowOutcome::Error;
        row.errors
            .iter()
            .map(|e| Remark {
                column: e.column.map_or("", |c| c.header()),
                value: e.value.clone(),
                text: words::problem(l, &e.problem),
                wrong,
            })
            .collect()
    };
    let cell = |part: &dyn Fn(&Remark) -> AnyView| {
        lines
            .iter()
            .map(|line| view! { <div>{part(line)}</div> })
            .collect_view()
    };
    let columns = cell(&|line| line.column.into_any());
    let values = cell(&|line| {
        view! { <span class="import-error__value">{line.value.clone()}</span> }.into_any()
    });
    let texts = cell(&|line| {
        view! { <span class:import-error=line.wrong>{line.text.clone()}</span> }.into_any()
    });
    view! {
        <tr>
            <td class="cell-line">{row.line}</td>
            <td><Tag tone=tone(row.outcome)>{words::outcome(l, row.outcome)}</Tag></td>
            <td>{row.key}</td>
            <th scope="row">{row.label}</th>
            <td>{columns}</td>
            <td>{values}</td>
            <td>{texts}</td>
        </tr>
    }
}
