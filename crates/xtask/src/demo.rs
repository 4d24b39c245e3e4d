//! `cargo xtask start --demo`: an organisation that does not exist, to look around in. Everybody in it is made up.

use crate::workspace;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

const ADDRESS: &str = "127.0.0.1:8080";
const PASSPHRASE: &str = "alleen om rond te kijken";

/// What the relay says once it can be asked.
const READY: &str = "zegel-relay listens on";

/// A participant: title, and of each conversation the day, the title and the report.
type Participant = (&'static str, &'static [(&'static str, &'static str, &'static str)]);

const PARTICIPANTS: [Participant; 6] = [
    (
        "Fatima Benali",
        &[
            (
                "2026-08-31",
                "Kennismaking",
                "Fatima werkte elf jaar in de thuiszorg, tot haar rug het begaf. Ze wil weer onder de mensen, liefst drie \
                 ochtenden. Afgesproken: zij maakt een lijst van wat ze wel kan tillen, ik vraag na wat het buurthuis zoekt.",
            ),
            (
                "2026-09-14",
                "Voortgang",
                "De proefochtend in het buurthuis beviel goed. Ze zag op tegen de telefoon, maar nam hem na een uur vanzelf \
                 op. Volgende keer kijken we naar de cursus gastvrouw.",
            ),
        ],
    ),
    (
        "Henk Postma",
        &[(
            "2026-09-02",
            "Intake",
            "Henk is zesenvijftig en sinds het voorjaar zonder werk. Hij heeft zijn heftruckbewijs, maar het is verlopen. Zijn \
             vraag: hoe vertel ik een werkgever dat ik twee jaar ziek ben geweest? Dat gesprek oefenen we.",
        )],
    ),
    (
        "Lina Tesfay",
        &[
            (
                "2026-09-07",
                "Intake",
                "Lina spreekt goed Nederlands en schrijft het met moeite. Ze was naaister in Asmara. Het atelier in de \
                 Molenstraat heeft plaats voor een proefweek; de gemeente moet eerst instemmen.",
            ),
            (
                "2026-10-05",
                "Na de proefweek",
                "De meesteres is enthousiast. Lina wil eerst de opvang van haar dochter geregeld hebben. Ik bel met de \
                 opvang, zij met haar zus.",
            ),
        ],
    ),
    (
        "Mark van Dongen",
        &[(
            "2026-09-18",
            "Gesprek over schulden",
            "Mark krijgt sinds deze maand begeleiding van de kredietbank. Het geeft rust, zegt hij: de post is weer post. \
             Werken mag weer een onderwerp zijn, maar nog niet deze maand.",
        )],
    ),
    (
        "Sophie Willems",
        &[(
            "2026-10-12",
            "Tweede gesprek",
            "Sophie heeft bij drie bedrijven gesolliciteerd en twee keer een brief terug. We herschrijven samen de tweede \
             alinea. Ze wil haar stage bij de kwekerij noemen en dat is terecht.",
        )],
    ),
    (
        "Thijs de Groot",
        &[(
            "2026-10-20",
            "Afronding",
            "Thijs begint op 1 november bij de fietsenmaker, vier dagen. We hebben teruggekeken. Hij komt in januari nog één \
             keer langs, en neemt dan gebak mee.",
        )],
    ),
];

/// Serves the organisation on its own data folder, and makes it if it is not there.
pub(crate) fn start() -> Result<()> {
    workspace::run(&mut workspace::cargo(["build", "--release", "--package", "zegel", "--bin", "zegel"]))?;
    let folder = workspace::root().join("zegel-demo");
    let fresh = !folder.exists();
    fs::create_dir_all(&folder)?;
    let mut relay = Relay::start(&folder.join("relay"))?;
    if fresh && let Err(error) = make(&folder) {
        // Half an organisation is no use to anybody; the next start makes a whole one.
        drop(relay);
        fs::remove_dir_all(&folder)?;
        return Err(error);
    }
    println!(
        "\nStichting De Brug is on http://localhost:8080; nobody in it exists.\n\
         Choose the key card and type what stands in {card}; the passphrase is: {PASSPHRASE}\n\
         Her colleague's card is {other}, with the same passphrase.\n\
         Stop with Ctrl-C; throw {folder} away to begin anew.",
        card = shown(&folder.join("iris-card.txt")),
        other = shown(&folder.join("ruben-card.txt")),
        folder = shown(&folder),
    );
    let status = relay.0.wait()?;
    if status.success() { Ok(()) } else { bail!("the relay ended with {status}") }
}

/// A relay that ends with us.
struct Relay(Child);

impl Relay {
    fn start(data: &Path) -> Result<Self> {
        let program = workspace::target().join("release/zegel-relay");
        let mut command = Command::new(&program);
        command.arg("serve").arg("--data").arg(data).args(["--listen", ADDRESS]);
        let spawned = command.stdout(Stdio::piped()).spawn();
        let mut relay = Self(spawned.with_context(|| format!("cannot start {}", program.display()))?);
        let mut said = BufReader::new(relay.0.stdout.take().context("the relay's output")?).lines();
        // What it says is shown, before it listens and after.
        while let Some(line) = said.next().transpose()? {
            println!("{line}");
            if line.contains(READY) {
                thread::spawn(move || said.map_while(Result::ok).for_each(|line| println!("{line}")));
                return Ok(relay);
            }
        }
        bail!("the relay ended with {}; is something else listening on {ADDRESS}?", relay.0.wait()?)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn make(folder: &Path) -> Result<()> {
    println!("Making the organisation; that takes half a minute.");
    let passphrase = folder.join("passphrase.txt");
    fs::write(&passphrase, format!("{PASSPHRASE}\n"))?;
    let token = fs::read_to_string(folder.join("relay/setup-token"))?;
    let iris = Person { home: folder.join("iris"), passphrase: passphrase.clone() };
    let ruben = Person { home: folder.join("ruben"), passphrase };
    let address = format!("http://{ADDRESS}");
    let card = |name: &str| folder.join(name).to_string_lossy().into_owned();

    let set_up = ["init", "--relay", &address, "--setup-token", token.trim(), "--organisation", "Stichting De Brug"];
    iris.run(&[&set_up[..], &["--name", "Iris de Vries", "--key-card", &card("iris-card.txt")]].concat())?;
    let invited = iris.run(&["invite", "Ruben Bakker"])?;
    let (link, code) = (text(&invited, "link")?, text(&invited, "code")?);
    let name = ["--name", "Ruben Bakker", "--key-card", &card("ruben-card.txt")];
    ruben.run(&[&["join", &link, "--code", &code][..], &name].concat())?;
    let members = iris.run(&["member", "list"])?;
    let newcomer = members.as_array().into_iter().flatten().find(|member| member["name"] == "Ruben Bakker");
    let newcomer = newcomer.context("the newcomer is not in the list")?;
    let person = text(newcomer, "person")?;
    let words: Vec<&str> = newcomer["words"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    iris.run(&["member", "admit", &person, "--words", &words.join(" ")])?;
    ruben.run(&["pledge", "sign", "--accept"])?;

    let samples = workspace::root().join("tests/samples/drive-export/Deelnemers");
    iris.run(&["import", &samples.to_string_lossy()])?;
    let report = folder.join("report.txt");
    for (at, (title, conversations)) in PARTICIPANTS.iter().enumerate() {
        let dossier = text(&iris.run(&["dossier", "new", title])?, "id")?;
        let mut items = Vec::new();
        for (day, title, body) in *conversations {
            fs::write(&report, body)?;
            let file = report.to_string_lossy();
            let saved = iris.run(&["report", &dossier, "--title", title, "--day", day, "--file", &file])?;
            items.push(text(&saved, "id")?);
        }
        // Every other participant is Ruben's as well, and one is shared outside.
        if at % 2 == 0 {
            iris.run(&["grant", &dossier, &person])?;
        }
        if let (2, Some(item)) = (at, items.first()) {
            let share = ["share", &dossier, "--item", item, "--to", "Naaiatelier Molenstraat", "--until", "2099-12-31"];
            iris.run(&[&share[..], &["--purpose", "De proefweek voorbereiden"]].concat())?;
        }
    }
    fs::remove_file(&report)?;
    Ok(())
}

/// Somebody at a terminal.
struct Person {
    home: PathBuf,
    passphrase: PathBuf,
}

impl Person {
    /// Runs `zegel` and gives what it answers; an error says what it said.
    fn run(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(workspace::target().join("release/zegel"));
        command.arg("--json").arg("--home").arg(&self.home).arg("--passphrase-file").arg(&self.passphrase);
        let output = command.args(arguments).stdin(Stdio::null()).output()?;
        if !output.status.success() {
            bail!("zegel {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(serde_json::from_slice(&output.stdout).unwrap_or_default())
    }
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value[key].as_str().with_context(|| format!("no {key} in {value}"))?;
    Ok(text.to_owned())
}

fn shown(path: &Path) -> String {
    path.strip_prefix(workspace::root()).unwrap_or(path).display().to_string()
}
