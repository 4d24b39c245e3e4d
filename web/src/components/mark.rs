//! The mark: a seal with a Z.

use yew::prelude::*;

const SEAL: &str = "M14.2 2.5Q16.0 1.4 17.8 2.5Q19.6 3.6 21.8 3.7Q23.9 3.7 24.8 5.6Q25.7 7.6 27.5 8.7Q29.3 9.9 29.0 \
    12.0Q28.8 14.2 29.6 16.1Q30.5 18.1 29.1 19.7Q27.7 21.4 27.4 23.5Q27.0 25.6 25.0 26.2Q23.0 26.9 21.5 28.4Q20.1 30.0 \
    18.1 29.5Q16.0 28.9 13.9 29.5Q11.9 30.0 10.5 28.4Q9.0 26.9 7.0 26.2Q5.0 25.6 4.6 23.5Q4.3 21.4 2.9 19.7Q1.5 18.1 2.4 \
    16.1Q3.2 14.2 3.0 12.0Q2.7 9.9 4.5 8.7Q6.3 7.6 7.2 5.6Q8.1 3.7 10.2 3.7Q12.4 3.6 14.2 2.5z";

/// The mark with the name beside it.
pub(crate) fn mark() -> Html {
    html! {
        <div class="mark">
            <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                <path class="mark-seal" d={SEAL} />
                <path class="mark-letter" d="M11 11.5h10L11 20.5h10" />
            </svg>
            <span>{ "Zegel" }</span>
        </div>
    }
}
