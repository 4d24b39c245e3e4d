//! The commands of this repository, as `cargo xtask COMMAND`. They need a Rust toolchain and a C compiler; `test` also
//! drives a browser and installs what it lacks where it can.

mod bench;
mod demo;
mod prerequisites;
mod runner;
mod sabotage;
mod start;
mod test;
mod web;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  start              build the app and the relay, serve both on http://localhost:8080
  start --demo       the same, with an organisation that does not exist to look around in
  web [--dev]        build the app into target/web/dist; --dev: quickly, uncompressed
  test [--quick]     run everything; --quick: format, lints and native tests only
  sabotage [NAME]    remove one check at a time and see that a test turns red
  bench              measure, beside the limit in the same run; --quick; relay, vault or browser alone
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["start", rest @ ..] => start::start(rest),
        ["web"] => web::build(web::Profile::Release).map(drop),
        ["web", "--dev"] => web::build(web::Profile::Dev).map(drop),
        ["test"] => test::run(test::Extent::Everything),
        ["test", "--quick"] => test::run(test::Extent::Quick),
        ["sabotage"] => sabotage::run(None),
        ["sabotage", name] => sabotage::run(Some(name)),
        ["bench", rest @ ..] => bench::bench(rest),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
