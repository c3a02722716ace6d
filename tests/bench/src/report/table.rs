//! A table in Markdown whose columns are aligned for a terminal too.

use std::fmt;

pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        let head = head.iter().map(|&cell| cell.to_owned()).collect();
        Self { rows: vec![head] }
    }

    /// One cell for each of the head's.
    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Whether a column has nothing but numbers below its head: they are aligned to the right.
    fn is_numeric(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().skip(1).map(|row| row[column].as_str());
        cells.all(|cell| cell == "-" || cell.parse::<f64>().is_ok())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.len() == 1 {
            return writeln!(f, "Nothing.");
        }
        let columns = self.rows[0].len();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                self.rows
                    .iter()
                    .map(|row| row[column].len())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        for (number, row) in self.rows.iter().enumerate() {
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                if self.is_numeric(column) {
                    write!(f, "| {cell:>width$} ")?;
                } else {
                    write!(f, "| {cell:<width$} ")?;
                }
            }
            writeln!(f, "|")?;
            if number == 0 {
                for (column, &width) in widths.iter().enumerate() {
                    let end = if self.is_numeric(column) { ":" } else { " " };
                    write!(f, "| {:-<1$}{end}", "", width)?;
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(&["fault", "ms"]);
        table.push(vec!["kill".to_owned(), "3.1".to_owned()]);
        table.push(vec!["freeze".to_owned(), "880.0".to_owned()]);
        let expected = "\
| fault  |    ms |
| ------ | -----:|
| kill   |   3.1 |
| freeze | 880.0 |
";
        assert_eq!(table.to_string(), expected);
    }
}
