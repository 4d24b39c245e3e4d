//! Reading a policy file key by key. A [`Section`] knows which keys were asked for, so that what nobody asked for is
//! refused, and it goes on after a mistake, so that all of them are told at once.
//!
//! A value that cannot be read is noted as a fault and a placeholder takes its place. Placeholders reach nobody: a file
//! with a fault gives no policy, and rules are only compared where [`Section::is_sound`].

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue, Error};

use super::Text;
use super::error::{Fault, Reason};
use super::term::{Day, NotATerm, Quorum, Term, Unit};
use super::words::{Language, Word};

/// The largest file, in bytes.
pub(super) const FILE_BYTES: usize = 256 * 1024;
/// The longest text for people to read, in bytes.
const TEXT_BYTES: usize = 16 * 1024;
/// The longest name, address or title, in bytes.
const LINE_BYTES: usize = 200;

const SECTION: &str = "a section";
const TEXTS: &str = "a text for each language, with .nl and .en behind the key";
const TEXT: &str = "a text between quotes";
const LINE: &str = "one line of text between quotes";
const LIST: &str = "a list, as in [\"one\", \"two\"]";
const TERM: &str = "a term between quotes: a number and a unit, as in \"6 months\"";

/// What was found so far.
pub(super) struct Findings {
    /// Where lines end, in bytes.
    ends: Vec<usize>,
    lines: BTreeMap<String, usize>,
    faults: Vec<Fault>,
    /// Every key that was asked for, present or not, with `*` for names and numbers.
    #[cfg(test)]
    pub(super) known: BTreeSet<String>,
}

impl Findings {
    pub(super) fn new(text: &str) -> Self {
        Self {
            ends: text.match_indices('\n').map(|(end, _)| end).collect(),
            lines: BTreeMap::new(),
            faults: Vec::new(),
            #[cfg(test)]
            known: BTreeSet::new(),
        }
    }

    /// Reads the whole file.
    pub(super) fn document<T>(&mut self, table: &DeTable<'_>, read: impl FnOnce(&mut Section<'_, '_>) -> T) -> T {
        let mut root = Section {
            findings: self,
            table: Some(table),
            path: String::new(),
            pattern: String::new(),
            line: 1,
            faults_before: 0,
            asked: Vec::new(),
        };
        let value = read(&mut root);
        root.refuse_unknown();
        value
    }

    /// The parser's complaints.
    pub(super) fn refuse_syntax(&mut self, errors: &[Error]) {
        for error in errors {
            let line = self.line(error.span().map_or(0, |span| span.start));
            self.faults.push(Fault { line, path: String::new(), reason: Reason::NotToml(error.message().to_owned()) });
        }
    }

    /// Everything that is wrong, in the order of the file. Of a file in another format nothing else is told.
    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        if self.faults.iter().any(|fault| matches!(fault.reason, Reason::Format(..))) {
            self.faults.retain(|fault| matches!(fault.reason, Reason::Format(..)));
        }
        self.faults.sort_by_key(|fault| fault.line);
        self.faults
    }

    fn line(&self, offset: usize) -> usize {
        self.ends.partition_point(|end| *end < offset) + 1
    }
}

/// A section of the file, or the part of it that ought to be there: then it reads placeholders, and only the section is
/// missed.
pub(super) struct Section<'f, 'd> {
    findings: &'f mut Findings,
    table: Option<&'d DeTable<'d>>,
    path: String,
    pattern: String,
    line: usize,
    faults_before: usize,
    asked: Vec<&'d str>,
}

/// The shortest and the longest that a term may be, and what it is counted in.
pub(super) struct Bounds {
    pub(super) units: &'static [Unit],
    pub(super) least: Term,
    pub(super) most: Term,
}

impl<'d> Section<'_, 'd> {
    /// Whether nothing in this section was refused so far: only then are its rules worth comparing.
    pub(super) fn is_sound(&self) -> bool {
        self.table.is_some() && self.findings.faults.len() == self.faults_before
    }

    /// Refuses a key, or one of a section inside this one, as in `ending.announce`.
    pub(super) fn refuse(&mut self, key: &str, reason: impl Into<Reason>) {
        let path = join(&self.path, key);
        let line = self.findings.lines.get(&path).copied().unwrap_or(self.line);
        self.findings.faults.push(Fault { line, path, reason: reason.into() });
    }

    /// A section inside this one.
    pub(super) fn section<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Section<'_, 'd>) -> T) -> T {
        self.table(key, SECTION, read)
    }

    fn table<T>(&mut self, key: &'static str, wanted: &'static str, read: impl FnOnce(&mut Section<'_, 'd>) -> T) -> T {
        let table = self.required(key, |value| value.as_table().ok_or(Reason::WrongType(wanted)));
        let path = join(&self.path, key);
        let pattern = join(&self.pattern, key);
        self.inside(table, path, pattern, read)
    }

    /// A section inside this one, if it is there.
    pub(super) fn optional_section<T: Default>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'_, 'd>) -> T,
    ) -> T {
        if self.named().iter().any(|(name, ..)| *name == key) {
            return self.section(key, read);
        }
        self.ask(key);
        T::default()
    }

    /// Sections whose names are words of a list, as in `[roles.director]`.
    pub(super) fn sections_by_word<W: Word, T>(
        &mut self,
        read: impl Fn(&mut Section<'_, 'd>, W) -> T,
    ) -> BTreeMap<W, T> {
        let mut sections = BTreeMap::new();
        for (name, value, start) in self.named() {
            self.asked.push(name);
            let path = self.note(name, start);
            let known = W::WORDS.iter().copied().find(|word| word.word() == name);
            match (known, value.as_table()) {
                (Some(word), Some(table)) => {
                    let pattern = join(&self.pattern, "*");
                    sections.insert(word, self.inside(Some(table), path, pattern, |section| read(section, word)));
                }
                (None, _) => self.refuse(name, Reason::UnknownWord(name.to_owned(), list::<W>())),
                (_, None) => self.refuse(name, Reason::WrongType(SECTION)),
            }
        }
        sections
    }

    /// Sections with names of one's own, as in `[dossiers.coaching]`, in the order of the file.
    pub(super) fn sections_by_name<T>(&mut self, read: impl Fn(&mut Section<'_, 'd>, &str) -> T) -> Vec<T> {
        let mut sections = Vec::new();
        for (name, value, start) in self.in_order() {
            self.asked.push(name);
            let path = self.note(name, start);
            if !is_name(name) {
                self.refuse(name, Reason::Malformed(NAME));
            } else if let Some(table) = value.as_table() {
                let pattern = join(&self.pattern, "*");
                sections.push(self.inside(Some(table), path, pattern, |section| read(section, name)));
            } else {
                self.refuse(name, Reason::WrongType(SECTION));
            }
        }
        sections
    }

    /// Rules of one kind below each other, as in `[[receivers]]`.
    pub(super) fn each<T>(&mut self, key: &'static str, read: impl Fn(&mut Section<'_, 'd>) -> T) -> Vec<T> {
        const RULES: Reason = Reason::WrongType("rules, each under [[…]]");
        let rules = self.required(key, |value| value.as_array().ok_or(RULES)).into_iter().flatten();
        let mut each = Vec::new();
        for (index, value) in rules.enumerate() {
            let name = format!("{key}[{}]", index + 1);
            let path = join(&self.path, &name);
            let line = self.findings.line(value.span().start);
            self.findings.lines.insert(path.clone(), line);
            match value.get_ref().as_table() {
                Some(table) => {
                    let pattern = join(&self.pattern, &format!("{key}[*]"));
                    each.push(self.inside(Some(table), path, pattern, &read));
                }
                None => self.refuse(&name, RULES),
            }
        }
        each
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        self.required(key, |value| value.as_bool().ok_or(Reason::WrongType("true or false"))).unwrap_or_default()
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, key: &'static str, least: u32, most: u32) -> u32 {
        let read = |value: &DeValue<'_>| {
            let number = value.as_integer().ok_or(Reason::WrongType("a whole number"))?;
            let number = u32::from_str_radix(number.as_str(), number.radix()).ok();
            number.filter(|number| (least..=most).contains(number)).ok_or(Reason::OutOfRange(least, most))
        };
        self.required(key, read).unwrap_or(least)
    }

    /// A day.
    pub(super) fn day(&mut self, key: &'static str) -> Day {
        let read = |value: &DeValue<'_>| {
            let written = value.as_datetime().filter(|written| written.time.is_none() && written.offset.is_none());
            let date = written.and_then(|written| written.date).ok_or(Reason::NotADay)?;
            Day::new(date.year, date.month, date.day).ok_or(Reason::NotADay)
        };
        self.required(key, read).unwrap_or(Day::EPOCH)
    }

    /// A term within bounds.
    pub(super) fn term(&mut self, key: &'static str, bounds: &Bounds) -> Term {
        self.required(key, |value| read_term(value, bounds)).unwrap_or(bounds.most)
    }

    /// A term within bounds, or the word that says that there is none.
    pub(super) fn term_or(&mut self, key: &'static str, word: &str, bounds: &Bounds) -> Option<Term> {
        let read = |value| if is_word(value, word) { Ok(None) } else { read_term(value, bounds).map(Some) };
        self.required(key, read).flatten()
    }

    /// A term within bounds, if it is there.
    pub(super) fn optional_term(&mut self, key: &'static str, bounds: &Bounds) -> Option<Term> {
        self.optional(key, |value| read_term(value, bounds))
    }

    /// How many of how many.
    pub(super) fn quorum(&mut self, key: &'static str) -> Quorum {
        self.required(key, read_quorum).unwrap_or(Quorum { needed: 1, of: 1 })
    }

    /// How many of how many, or `none`.
    pub(super) fn quorum_or_none(&mut self, key: &'static str) -> Option<Quorum> {
        let read = |value| if is_word(value, "none") { Ok(None) } else { read_quorum(value).map(Some) };
        self.required(key, read).flatten()
    }

    /// A line of text.
    pub(super) fn line_of_text(&mut self, key: &'static str) -> String {
        self.required(key, |value| read_text(value, LINE, LINE_BYTES)).unwrap_or_default()
    }

    /// A line of text, if it is there; `form` says what it must look like, and `fits` decides.
    pub(super) fn optional_line(
        &mut self,
        key: &'static str,
        form: &'static str,
        fits: impl FnOnce(&str) -> bool,
    ) -> Option<String> {
        self.optional(key, |value| {
            let line = read_text(value, LINE, LINE_BYTES)?;
            if fits(&line) { Ok(line) } else { Err(Reason::Malformed(form)) }
        })
    }

    /// A text in each language, as in `text.nl = "…"`. Dutch must be there.
    pub(super) fn text(&mut self, key: &'static str) -> Text {
        self.table(key, TEXTS, |section| {
            let read = |value: &DeValue<'_>| read_text(value, TEXT, TEXT_BYTES);
            let dutch = section.required(Language::Dutch.name(), read).unwrap_or_default();
            Text { dutch, english: section.optional(Language::English.name(), read) }
        })
    }

    /// One word of a list.
    pub(super) fn word<W: Word>(&mut self, key: &'static str, placeholder: W) -> W {
        self.required(key, read_word).unwrap_or(placeholder)
    }

    /// One word of a list, if it is there.
    pub(super) fn optional_word<W: Word>(&mut self, key: &'static str) -> Option<W> {
        self.optional(key, read_word)
    }

    /// Words of a list; `["all"]` stands for all of them.
    pub(super) fn words<W: Word>(&mut self, key: &'static str) -> BTreeSet<W> {
        self.required(key, read_words).unwrap_or_default()
    }

    /// Words of a list, if they are there.
    pub(super) fn optional_words<W: Word>(&mut self, key: &'static str) -> Option<BTreeSet<W>> {
        self.optional(key, read_words)
    }

    /// Words of a list, at least one.
    pub(super) fn some_words<W: Word>(&mut self, key: &'static str) -> BTreeSet<W> {
        let read =
            |value| read_words(value).and_then(|words| if words.is_empty() { Err(Reason::Empty) } else { Ok(words) });
        self.required(key, read).unwrap_or_default()
    }

    /// Names of one's own.
    pub(super) fn names(&mut self, key: &'static str) -> BTreeSet<String> {
        let read = |value: &DeValue<'_>| {
            let mut names = BTreeSet::new();
            for item in value.as_array().ok_or(Reason::WrongType(LIST))? {
                let name = item.get_ref().as_str().ok_or(Reason::WrongType(LIST))?;
                if !is_name(name) {
                    return Err(Reason::Malformed(NAME));
                }
                if !names.insert(name.to_owned()) {
                    return Err(Reason::Twice(name.to_owned()));
                }
            }
            Ok(names)
        };
        self.required(key, read).unwrap_or_default()
    }

    /// Refuses keys that nobody asked for.
    fn refuse_unknown(&mut self) {
        let known = self.asked.join(", ");
        for (name, _, start) in self.named() {
            if !self.asked.contains(&name) {
                self.note(name, start);
                self.refuse(name, Reason::UnknownKey(known.clone()));
            }
        }
    }

    fn inside<T>(
        &mut self,
        table: Option<&'d DeTable<'d>>,
        path: String,
        pattern: String,
        read: impl FnOnce(&mut Section<'_, 'd>) -> T,
    ) -> T {
        let line = self.findings.lines.get(&path).copied().unwrap_or(self.line);
        let faults_before = self.findings.faults.len();
        let mut section =
            Section { findings: self.findings, table, path, pattern, line, faults_before, asked: Vec::new() };
        let value = read(&mut section);
        section.refuse_unknown();
        value
    }

    /// What stands in this section: name, value, and the byte at which the name begins.
    fn named(&self) -> Vec<(&'d str, &'d DeValue<'d>, usize)> {
        let entries = self.table.into_iter().flat_map(|table| table.iter());
        entries.map(|(key, value)| (key.get_ref().as_ref(), value.get_ref(), key.span().start)).collect()
    }

    /// The same in the order of the file. One sort for whatever is read from it: a sort in generic code is compiled for each.
    fn in_order(&self) -> Vec<(&'d str, &'d DeValue<'d>, usize)> {
        let mut named = self.named();
        named.sort_by_key(|(_, _, start)| *start);
        named
    }

    /// Remembers on which line a name of this section stands; its path.
    fn note(&mut self, name: &'d str, start: usize) -> String {
        let path = join(&self.path, name);
        let line = self.findings.line(start);
        self.findings.lines.insert(path.clone(), line);
        path
    }

    fn ask(&mut self, key: &'static str) {
        self.asked.push(key);
        #[cfg(test)]
        self.findings.known.insert(join(&self.pattern, key));
    }

    fn required<T>(&mut self, key: &'static str, read: impl FnOnce(&'d DeValue<'d>) -> Result<T, Reason>) -> Option<T> {
        let faults = self.findings.faults.len();
        let value = self.optional(key, read);
        if value.is_none() && self.table.is_some() && self.findings.faults.len() == faults {
            self.refuse(key, Reason::Missing);
        }
        value
    }

    fn optional<T>(&mut self, key: &'static str, read: impl FnOnce(&'d DeValue<'d>) -> Result<T, Reason>) -> Option<T> {
        self.ask(key);
        let (_, value, start) = self.named().into_iter().find(|(name, ..)| *name == key)?;
        self.note(key, start);
        read(value).map_err(|reason| self.refuse(key, reason)).ok()
    }
}

const NAME: &str = "a name of small letters, digits and _, as in career_advice";

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=40).contains(&name.len()) && name.bytes().all(plain)
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn list<W: Word>() -> String {
    W::WORDS.iter().map(|word| word.word()).collect::<Vec<_>>().join(", ")
}

fn is_word(value: &DeValue<'_>, word: &str) -> bool {
    value.as_str() == Some(word)
}

fn read_text(value: &DeValue<'_>, wanted: &'static str, most: usize) -> Result<String, Reason> {
    let text = value.as_str().ok_or(Reason::WrongType(wanted))?.trim();
    let lines_allowed = most > LINE_BYTES;
    if text.is_empty() {
        Err(Reason::Empty)
    } else if text.len() > most {
        Err(Reason::TextTooLong(most))
    } else if text.chars().any(|c| c.is_control() && !(lines_allowed && c == '\n')) {
        Err(Reason::Malformed(wanted))
    } else {
        Ok(join_lines(text))
    }
}

/// Joins the lines of each paragraph: where a line ends in the file says nothing. An empty line divides paragraphs.
fn join_lines(text: &str) -> String {
    let lines = text.lines().map(str::trim).collect::<Vec<_>>();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n")
}

fn parse_word<W: Word>(text: &str) -> Result<W, Reason> {
    let known = W::WORDS.iter().copied().find(|word| word.word() == text);
    known.ok_or_else(|| Reason::UnknownWord(text.to_owned(), list::<W>()))
}

fn read_word<W: Word>(value: &DeValue<'_>) -> Result<W, Reason> {
    parse_word(value.as_str().ok_or(Reason::WrongType(LINE))?)
}

fn read_words<W: Word>(value: &DeValue<'_>) -> Result<BTreeSet<W>, Reason> {
    let mut words = BTreeSet::new();
    let items = value.as_array().ok_or(Reason::WrongType(LIST))?;
    if items.len() == 1 && items.iter().all(|item| is_word(item.get_ref(), "all")) {
        // `collect` would sort what is in order already.
        words.extend(W::WORDS.iter().copied());
        return Ok(words);
    }
    for item in items {
        let text = item.get_ref().as_str().ok_or(Reason::WrongType(LIST))?;
        if !words.insert(parse_word(text)?) {
            return Err(Reason::Twice(text.to_owned()));
        }
    }
    Ok(words)
}

fn read_term(value: &DeValue<'_>, bounds: &Bounds) -> Result<Term, Reason> {
    if value.as_integer().is_some_and(|number| number.as_str().starts_with('-')) {
        return Err(Reason::NegativeTerm);
    }
    let text = value.as_str().ok_or(Reason::WrongType(TERM))?;
    let term = Term::read(text).map_err(|problem| match problem {
        NotATerm::Negative => Reason::NegativeTerm,
        NotATerm::Malformed => Reason::NotATerm(text.to_owned()),
    })?;
    let length = term.nominal_minutes();
    if term.count == 0 && bounds.least.count > 0 {
        Err(Reason::ZeroTerm(bounds.least.to_string()))
    } else if !bounds.units.contains(&term.unit) {
        Err(Reason::TermUnit(bounds.units.iter().map(|unit| unit.name()).collect::<Vec<_>>().join(", ")))
    } else if length < bounds.least.nominal_minutes() {
        Err(Reason::TermTooShort(bounds.least.to_string()))
    } else if length > bounds.most.nominal_minutes() {
        Err(Reason::TermTooLong(bounds.most.to_string()))
    } else {
        Ok(term)
    }
}

fn read_quorum(value: &DeValue<'_>) -> Result<Quorum, Reason> {
    let text = value.as_str().ok_or(Reason::WrongType("how many of how many, as in \"2 of 3\""))?;
    Quorum::read(text).ok_or_else(|| Reason::NotAQuorum(text.to_owned()))
}
