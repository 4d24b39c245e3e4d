//! One sentence for each thing that can go wrong, in the language of the page, that says what to do.

use crate::{language::Language, worker::messages::Failure};

impl Language {
    /// The sentence for a failure. A key that is not known here shows the vault's own sentence.
    pub(crate) fn failure(self, failure: &Failure) -> String {
        let named = |place: usize| failure.names.get(place).map_or("", String::as_str);
        let first = named(0);
        let sentence = match failure.key.as_str() {
            "wrong-passphrase" => self.error_wrong_passphrase(),
            "damaged-card" => return self.error_damaged_card(first),
            "not-a-card" => self.error_not_a_card(),
            "card-not-known" => self.error_card_not_known(),
            "damaged-sheet" => return self.error_damaged_sheet(named(1), first),
            "not-a-sheet" => return self.error_not_a_sheet(first),
            "other-sheet" => return self.error_other_sheet(first),
            "too-few-sheets" => return self.error_too_few_sheets(named(1), first),
            "wrong-sheets" => self.error_wrong_sheets(),
            "bad-link" => self.error_bad_link(),
            "bad-code" => self.error_bad_code(),
            "wrong-code" => self.error_wrong_code(),
            "link-locked" => self.error_link_locked(),
            "link-expired" => self.error_link_expired(),
            "link-withdrawn" => self.error_link_withdrawn(),
            "link-exhausted" => self.error_link_exhausted(),
            "link-not-what-was-promised" => self.error_link_not_what_was_promised(),
            "relay-unreachable" => self.error_relay_unreachable(),
            "not-a-relay" => self.error_not_a_relay(),
            "relay-version" => self.error_relay_version(),
            "relay-full" => self.error_relay_full(),
            "relay-read-only" => self.error_relay_read_only(),
            "relay-busy" => self.error_relay_busy(),
            "relay-internal" => self.error_relay_internal(),
            "set-up-token" => self.error_set_up_token(),
            "already-set-up" => self.error_already_set_up(),
            "already-here" => self.error_already_here(),
            "nothing-here" => self.error_nothing_here(),
            "device-full" => self.error_device_full(),
            "store-unusable" => self.error_store_unusable(),
            "not-found" => self.error_not_found(),
            "no-right" => self.error_no_right(),
            "read-only" => self.error_read_only(),
            "changed-first" => self.error_changed_first(),
            "would-orphan" => self.error_would_orphan(),
            "this-device" => self.error_this_device(),
            "last-director" => self.error_last_director(),
            "file-unreadable" if first == "stopped" => self.error_file_stopped(),
            "file-unreadable" => self.error_file_unreadable(),
            "file-changed" => self.error_file_changed(),
            "file-unwritable" => self.error_file_unwritable(),
            "date-in-past" => self.error_date_in_past(),
            "nothing-chosen" => self.error_nothing_chosen(),
            "bad-text" => self.error_bad_text(),
            "weak-passphrase" => self.error_weak_passphrase(),
            "waiting-for-admission" => self.error_waiting_for_admission(),
            "device-removed" => self.error_device_removed(),
            "stretch-refused" => self.error_stretch_refused(),
            "no-newcomer" => self.error_no_newcomer(),
            "registered-twice" => self.error_registered_twice(),
            "untrusted" => self.error_untrusted(),
            "unreadable" => self.error_unreadable(),
            "destroyed" => self.error_destroyed(),
            "not-yet" => self.error_not_yet(),
            "too-large" => self.error_too_large(),
            "stopped" => self.error_stopped(),
            _ => return failure.text.clone(),
        };
        sentence.to_owned()
    }
}
