//! The icon set: one path each, drawn with the text colour, never announced.

use leptos::prelude::*;

/// The name of an icon. Each is drawn in a 16 × 16 box with a 1.5 px line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say what is drawn")]
pub enum IconName {
    Pencil,
    CaretDown,
    CaretUp,
    Check,
    Cross,
    Warning,
    Info,
    Mail,
    User,
    Users,
    Search,
    Menu,
    Upload,
    Download,
    Print,
    External,
    Lock,
    Clock,
    Undo,
    Plus,
    Minus,
    Refresh,
    Sun,
    Moon,
    Link,
    Unlink,
    File,
    Eye,
    ArrowLeft,
    ArrowRight,
    SortBoth,
    Help,
    Circle,
    Settings,
    List,
    Exit,
}

impl IconName {
    /// The outline of the icon, as SVG path data.
    const fn path(self) -> &'static str {
        match self {
            Self::Pencil => {
                "M3 13l.6-2.9 7.2-7.2a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7L5.9 12.4zM9.6 4.1l2.3 2.3"
            }
            Self::CaretDown => "M4 6l4 4 4-4",
            Self::CaretUp => "M4 10l4-4 4 4",
            Self::Check => "M3 8.5l3.2 3.2L13 4.8",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Warning => "M8 2.2L14.6 13.5H1.4zM8 6.4v3.4M8 11.6v.2",
            Self::Info => "M8 14.2A6.2 6.2 0 1 1 8 1.8a6.2 6.2 0 0 1 0 12.4zM8 7.4v3.8M8 4.8V5",
            Self::Mail => "M1.8 3.5h12.4v9H1.8zM2 4l6 4.8L14 4",
            Self::User => {
                "M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.6 14c.3-2.6 2.4-4 5.4-4s5.1 1.4 5.4 4"
            }
            Self::Users => {
                "M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.2 13.4C1.5 11 3.3 9.8 6 9.8s4.5 1.2 4.8 3.6M10.4 3.2a2.5 2.5 0 0 1 0 4.7M12.2 10.2c1.5.5 2.4 1.6 2.6 3.2"
            }
            Self::Search => "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.6 10.6L14.2 14.2",
            Self::Menu => "M2 4h12M2 8h12M2 12h12",
            Self::Upload => "M8 10.5V2.5M4.8 5.5L8 2.3l3.2 3.2M2.2 10.5v3.2h11.6v-3.2",
            Self::Download => "M8 2.3v8M4.8 7.3L8 10.5l3.2-3.2M2.2 10.5v3.2h11.6v-3.2",
            Self::Print => "M4.2 5.5V2h7.6v3.5M4.2 11.5H2v-6h12v6h-2.2M4.2 9.5h7.6V14H4.2z",
            Self::External => "M6.5 3H3v10h10V9.5M9 2.8h4.2V7M13 3L7.5 8.5",
            Self::Lock => "M3 7.2h10v6.6H3zM5 7V5a3 3 0 0 1 6 0v2M8 9.8v1.6",
            Self::Clock => "M8 14.2A6.2 6.2 0 1 1 8 1.8a6.2 6.2 0 0 1 0 12.4zM8 4.5V8l2.4 1.8",
            Self::Undo => "M5.5 3L2.5 6l3 3M2.8 6h6.4a3.7 3.7 0 0 1 0 7.4H6",
            Self::Plus => "M8 2.8v10.4M2.8 8h10.4",
            Self::Minus => "M3 8h10",
            Self::Refresh => {
                "M13.4 6.5A5.7 5.7 0 0 0 3 5.2M2.6 9.5A5.7 5.7 0 0 0 13 10.8M2.8 2v3.4h3.4M13.2 14v-3.4H9.8"
            }
            Self::Sun => {
                "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1"
            }
            Self::Moon => "M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z",
            Self::Link => {
                "M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2.6-2.6a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.4 6.6a2.6 2.6 0 0 0-3.7 0L3.1 9.2a2.6 2.6 0 0 0 3.7 3.7l.9-.9"
            }
            Self::Unlink => {
                "M9.2 3.1a2.6 2.6 0 0 1 3.7 3.7l-1.5 1.5M6.8 12.9a2.6 2.6 0 0 1-3.7-3.7l1.5-1.5M2 2l12 12"
            }
            Self::File => "M3.5 1.8h5.8l3.2 3.2v9.2h-9zM9.2 2v3.2h3.2M5.8 8.4h4.4M5.8 11h4.4",
            Self::Eye => {
                "M1.2 8C2.8 5 5.2 3.6 8 3.6S13.2 5 14.8 8c-1.6 3-4 4.4-6.8 4.4S2.8 11 1.2 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
            }
            Self::ArrowLeft => "M13.5 8h-11M6.5 4l-4 4 4 4",
            Self::ArrowRight => "M2.5 8h11M9.5 4l4 4-4 4",
            Self::SortBoth => "M4.8 6.2L8 3l3.2 3.2M4.8 9.8L8 13l3.2-3.2",
            Self::Help => {
                "M8 14.2A6.2 6.2 0 1 1 8 1.8a6.2 6.2 0 0 1 0 12.4zM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.7-.8 1.4M8 11.4v.2"
            }
            Self::Circle => "M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10z",
            Self::Settings => {
                "M2 4.5h6M11.5 4.5H14M2 11.5h2.5M8 11.5h6M9.8 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM6.2 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z"
            }
            Self::List => "M5.5 4H14M5.5 8H14M5.5 12H14M2 4h.8M2 8h.8M2 12h.8",
            Self::Exit => "M6.5 2.5H3v11h3.5M6.5 8h7.3M10.8 5l3 3-3 3",
        }
    }
}

/// An icon beside a word, or inside a control that has an accessible name of
/// its own. Hidden from assistive technology: the word carries the meaning.
#[component]
pub fn Icon(
    /// What is drawn.
    #[prop(into)]
    name: Signal<IconName>,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d=move || name.get().path()></path>
        </svg>
    }
}
