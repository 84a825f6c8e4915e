//! Paging of lists: «Righe per pagina», «Pagina n di m».

use serde::{Deserialize, Serialize};

/// Rows fetched at once while scrolling «Tutti».
pub const BLOCK: u32 = 200;

/// «Righe per pagina».
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageSize {
    /// Ten rows.
    Ten,
    /// Twenty-five rows.
    TwentyFive,
    /// Fifty rows: where a person has chosen nothing.
    #[default]
    Fifty,
    /// A hundred rows.
    Hundred,
    /// «Tutti»: every row, fetched in blocks of [`BLOCK`] as one scrolls.
    All,
}

impl PageSize {
    /// The choices in the order shown.
    pub const ALL: [Self; 5] = [
        Self::Ten,
        Self::TwentyFive,
        Self::Fifty,
        Self::Hundred,
        Self::All,
    ];

    /// Value in a URL: `10`, `25`, `50`, `100`, `tutti`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ten => "10",
            Self::TwentyFive => "25",
            Self::Fifty => "50",
            Self::Hundred => "100",
            Self::All => "tutti",
        }
    }

    /// Reads a URL value; anything unknown (such as `0`) is `None`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// Rows a request brings: the page's size, or a block for «Tutti».
    pub const fn rows(self) -> u32 {
        match self {
            Self::Ten => 10,
            Self::TwentyFive => 25,
            Self::Fifty => 50,
            Self::Hundred => 100,
            Self::All => BLOCK,
        }
    }

    /// Number of pages of a list of `total` rows; at least 1.
    pub fn pages(self, total: u64) -> u32 {
        match self {
            Self::All => 1,
            _ => u32::try_from(total.div_ceil(u64::from(self.rows())))
                .unwrap_or(u32::MAX)
                .max(1),
        }
    }
}

/// Which rows of a list are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageRequest {
    /// Page number from 1; for «Tutti» the number of the block.
    pub number: u32,
    /// Rows a page.
    pub size: PageSize,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            number: 1,
            size: PageSize::default(),
        }
    }
}

impl PageRequest {
    /// Rows before the first wanted one.
    pub fn offset(self) -> i64 {
        i64::from(self.number.max(1) - 1) * i64::from(self.size.rows())
    }

    /// Rows wanted at most.
    pub fn limit(self) -> i64 {
        i64::from(self.size.rows())
    }
}

/// A page of a list with the exact total of what the filter finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Exact number of rows that the filter finds.
    pub total: u64,
    /// The page given; page 1 where the wanted one lies past the end.
    pub number: u32,
    /// Rows a page.
    pub size: PageSize,
}

impl<T> Page<T> {
    /// «Totale pagine».
    pub fn pages(&self) -> u32 {
        self.size.pages(self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_number_of_rows_is_not_a_page_size() {
        assert_eq!(PageSize::from_code("0"), None);
        assert_eq!(PageSize::from_code("tutti"), Some(PageSize::All));
    }

    #[test]
    fn an_empty_list_has_one_page_and_a_full_last_page_is_not_followed_by_an_empty_one() {
        assert_eq!(PageSize::Fifty.pages(0), 1);
        assert_eq!(PageSize::Fifty.pages(100), 2);
        assert_eq!(PageSize::Fifty.pages(101), 3);
        assert_eq!(PageSize::All.pages(1_000_000), 1);
    }
}
