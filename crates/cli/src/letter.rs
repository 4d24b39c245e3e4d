//! The letter that brings an invitation on paper: in Dutch, as the papers of Zegel are. The code does not stand in it, for
//! it comes another way.

use std::path::Path;

use qrcodegen::{QrCode, QrCodeEcc};
use zegel_vault::{Vault, native::PathSink, view::SharedView};

use crate::{
    failure::Failure,
    files::write_new,
    output::{Output, last_day, shown},
    sharing::print_link,
};

/// Who invites whom, and how.
pub(crate) struct Letter<'l> {
    pub(crate) organisation: &'l str,
    pub(crate) from: &'l str,
    pub(crate) to: &'l str,
    pub(crate) link: &'l str,
    /// The day it ends, as it is written.
    pub(crate) until: &'l str,
    /// To what.
    pub(crate) to_what: Invites,
}

/// What somebody is invited to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invites {
    /// To work.
    Colleague,
    /// To read one dossier.
    Reader,
}

/// Hands out an invitation: its link and code to the terminal, and into `letter`, which was opened before, what is printed.
pub(crate) async fn hand_out(
    vault: &Vault,
    output: Output,
    made: &SharedView,
    letter: Option<(&Path, PathSink)>,
    (to, to_what): (&str, Invites),
) -> Result<(), Failure> {
    // First what cannot be had again.
    print_link(output, made)?;
    let Some((path, sink)) = letter else { return Ok(()) };
    let session = vault.session();
    let last = last_day(made.until);
    let letter = Letter {
        organisation: &shown(&session.organisation),
        from: &shown(&session.name),
        to: &shown(to.trim()),
        link: &made.link,
        until: &dutch_day(&last).unwrap_or(last),
        to_what,
    };
    write_new(sink, path, &letter.text()?).await?;
    output.note(&format!("Print the letter, then delete it: {}", shown(&path.to_string_lossy())));
    Ok(())
}

impl Letter<'_> {
    /// Its text.
    pub(crate) fn text(&self) -> Result<String, Failure> {
        let Self { organisation, from, to, link, until, to_what } = self;
        let code = blocks(link)?;
        if *to_what == Invites::Reader {
            return Ok(self.to_reader(&code));
        }
        Ok(format!(
            "\
Uitnodiging van {organisation}

Beste {to},

{from} nodigt je uit om met Zegel te werken.
Zegel bewaart de dossiers van {organisation} zo, dat alleen wie toegang heeft ze
kan lezen. Ook wie de server beheert, ziet niet wat erin staat.

Leg klaar: de computer waarop je gaat werken, een printer, je telefoon en een
kwartier.

1. Open deze link op die computer, of scan het blok.

{link}

{code}
2. Vul de code in: zes woorden. Ze staan niet in deze brief. {from} geeft ze je
   langs een andere weg.
3. Kies een wachtwoordzin en druk je sleutelkaart af.
4. Je ziet dan zes andere woorden. Lees ze voor aan {from}; kloppen ze, dan word
   je toegelaten.

De link werkt tot {until}, voor één persoon.
Twijfel je of deze brief echt is? Bel {from} op een nummer dat je al kende.
"
        ))
    }
}

impl Letter<'_> {
    /// To the client, or who acts for them.
    fn to_reader(&self, code: &str) -> String {
        let Self { organisation, from, to, link, until, .. } = self;
        format!(
            "\
Uitnodiging van {organisation}

Beste {to},

{from} nodigt je uit om het dossier te lezen dat {organisation} bewaart.
Alleen wie toegang heeft, kan het lezen. Ook wie de server beheert, ziet niet
wat erin staat.

Leg klaar: je telefoon of computer, pen en papier of een printer, en een
kwartier. Een e-mailadres is niet nodig.

1. Open deze link, of scan het blok met je telefoon.

{link}

{code}
2. Vul de code in: zes woorden. Ze staan niet in deze brief. {from} geeft ze je
   langs een andere weg.
3. Kies een wachtwoordzin en bewaar je sleutelkaart op papier.
4. Je ziet dan zes andere woorden. Lees ze voor aan {from}; kloppen ze, dan kun
   je het dossier lezen.

De link werkt tot {until}, voor één persoon.
Twijfel je of deze brief echt is? Bel {from} op een nummer dat je al kende.
"
        )
    }
}

/// A day in Dutch, of a day as `2026-03-09`.
pub(crate) fn dutch_day(day: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    let date: jiff::civil::Date = day.parse().ok()?;
    let month = MONTHS.get(usize::try_from(date.month()).ok()?.checked_sub(1)?)?;
    Some(format!("{} {month} {}", date.day(), date.year()))
}

/// A QR code in half blocks, two rows of modules a line, with the white border that a scanner needs.
fn blocks(text: &str) -> Result<String, Failure> {
    const BORDER: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|_| Failure::Usage("the relay's address is too long for a QR code".into()))?;
    let rows = -BORDER..code.size() + BORDER;
    let mut drawn = String::new();
    for y in rows.clone().step_by(2) {
        let line: String = rows
            .clone()
            .map(|x| match (code.get_module(x, y), code.get_module(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        drawn.push_str(line.trim_end());
        drawn.push('\n');
    }
    Ok(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_out() {
        assert_eq!(dutch_day("2026-03-09").unwrap(), "9 maart 2026");
        assert_eq!(dutch_day("2027-12-31").unwrap(), "31 december 2027");
        assert_eq!(dutch_day("a day beyond any calendar"), None);
    }

    #[test]
    fn a_scanner_reads_the_link_and_a_person_the_rest() {
        let link = "https://zegel.voorbeeld.nl/join#AAAA.BBBB.CCCC";
        for to_what in [Invites::Colleague, Invites::Reader] {
            let (from, to, until) = ("Noor", "Bas", "9 maart 2026");
            let letter = Letter { organisation: "Stichting Brug", from, to, link, until, to_what };
            let text = letter.text().unwrap();
            assert!(text.contains(&format!("\n{link}\n")) && text.contains("Beste Bas,\n"));
            assert!(text.contains("werkt tot 9 maart 2026"));
            assert_eq!(scan(&text), link);
        }
    }

    /// What a telephone makes of the blocks on white paper.
    fn scan(text: &str) -> String {
        const SIDE: usize = 4;
        let lines: Vec<Vec<char>> =
            text.lines().filter(|line| line.contains(['█', '▀', '▄'])).map(|l| l.chars().collect()).collect();
        let width = lines.iter().map(Vec::len).max().unwrap() + 8;
        let dark = |x: usize, y: usize| {
            let (x, y) = ((x / SIDE).checked_sub(4), (y / SIDE).checked_sub(4));
            let (Some(x), Some(y)) = (x, y) else { return false };
            let block = lines.get(y / 2).and_then(|line| line.get(x)).copied().unwrap_or(' ');
            block == '█' || block == if y % 2 == 0 { '▀' } else { '▄' }
        };
        let (wide, high) = (width * SIDE, (lines.len() * 2 + 8) * SIDE);
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(wide, high, |x, y| if dark(x, y) { 0 } else { 255 });
        let grids = image.detect_grids();
        grids[0].decode().unwrap().1
    }
}
