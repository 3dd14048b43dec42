//! Byte for byte: what Prometheus sends is what a browser gets.

use std::time::Duration;

use lab::Prometheus;
use serde_json::{Value, value::RawValue};
use service_metrics::settings::GatewaySettings;

use crate::support::{
    eventually,
    gateway::TestGateway,
    http,
    recording_proxy::{Exchange, RecordingProxy},
    scratch,
    ws_client::WsClient,
};

const PREFIX: &str = "/select/0/prometheus";
const SETTINGS: &str = r#"
[[instant]]
name = "odd \"name\" \\ é"
query = "up"
channels = ["instant"]
[[instant]]
name = "not_a_number"
query = "vector(0)/0"
channels = ["instant", "metrics"]
[[instant]]
name = "infinite"
query = "vector(1)/0"
channels = ["instant"]
[[instant]]
name = "scalar"
query = "scalar(vector(0.1))+0.2"
channels = ["instant"]
[[instant]]
name = "string"
query = '"żółć & <b> \" \\ 🦀"'
channels = ["instant"]
[[instant]]
name = "unicode"
query = 'label_replace(up, "who", "żółć <🦀> \"\\", "", "")'
channels = ["instant"]
[[instant]]
name = "nothing"
query = "no_such_metric"
channels = ["instant"]
[[instant]]
name = "everything"
query = '{__name__=~".+"}'
channels = ["instant"]
[[instant]]
name = "bad_syntax"
query = "up{"
channels = ["instant"]
[[instant]]
name = "cannot_run"
query = 'label_replace({__name__=~"go_.+"}, "__name__", "same", "", "")'
channels = ["instant"]
[[range]]
name = "up_5m"
query = "up"
window_seconds = 300
step_seconds = 15
[[range]]
name = "odd_5m"
query = "vector(1)/0 or label_replace(vector(-0.1), \"who\", \"żółć\", \"\", \"\")"
window_seconds = 300
step_seconds = 15
"#;

/// A frame, or Prometheus' envelope: `data` as the bytes that they are.
fn data(json: &[u8]) -> &RawValue {
    #[derive(serde::Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    serde_json::from_slice::<Envelope<'_>>(json).unwrap().data
}

/// The answers in a frame's `data`, by query name.
fn answers(frame: &str) -> Vec<(String, String)> {
    let answers: std::collections::BTreeMap<String, &RawValue> =
        serde_json::from_str(data(frame.as_bytes()).get()).unwrap();
    let answers = answers.into_iter();
    answers
        .map(|(name, raw)| (name, raw.get().to_owned()))
        .collect()
}

/// Whether an exchange brought these bytes for this query.
fn brought(exchange: &Exchange, expr: &str, raw: &str) -> bool {
    let url = url::Url::parse(&format!("http://h{}", exchange.target)).unwrap();
    url.query_pairs()
        .any(|pair| pair == ("query".into(), expr.into()))
        && data(&exchange.body).get() == raw
}

/// The expression of the query of that name.
fn expr_of(settings: &GatewaySettings, name: &str) -> String {
    let instant = settings
        .instant
        .iter()
        .map(|query| (&query.name, &query.query));
    let range = settings
        .range
        .iter()
        .map(|query| (&query.name, &query.query));
    let (_, expr) = instant
        .chain(range)
        .find(|(found, _)| *found == name)
        .unwrap();
    expr.clone()
}

#[actix::test]
async fn a_frame_carries_the_bytes_that_prometheus_sent() {
    let folder = scratch();
    let scrape = Duration::from_secs(1);
    let prometheus = Prometheus::start(folder.path(), 0, &[], scrape)
        .await
        .unwrap();
    eventually("the first scrape", async || {
        let (_, up) = prometheus.get("/api/v1/query?query=up==1").await.ok()?;
        up.contains("instance").then_some(())
    })
    .await;
    let proxy = RecordingProxy::start(prometheus.port(), PREFIX).await;
    let gateway = TestGateway::configured(
        SETTINGS,
        [
            (
                "PROMETHEUS_URL",
                format!("http://reader:hunter%402@{}{PREFIX}/", proxy.addr()),
            ),
            ("POLL_INTERVAL", "700".into()),
        ],
    );

    for (channel, frame_type, failing) in [
        ("instant", "instant_metrics", 2),
        ("range", "range_metrics", 0),
    ] {
        let path = format!("/ws/{channel}");
        let mut browser = WsClient::connect(gateway.addr.port(), &path).await;
        for _ in 0..3 {
            let frame = browser.text_of_type(frame_type).await;
            assert!(!frame.contains("hunter"), "{frame}");
            let (good, bad): (Vec<_>, Vec<_>) = answers(&frame)
                .into_iter()
                .partition(|(_, raw)| !raw.starts_with(r#"{"error""#));
            assert_eq!(bad.len(), failing, "{bad:?}");
            let exchanges = proxy.exchanges();
            for (name, raw) in good {
                let expr = expr_of(&gateway.settings, &name);
                let passed = exchanges
                    .iter()
                    .any(|exchange| brought(exchange, &expr, &raw));
                assert!(passed, "{name} was not sent so: {raw}");
            }
        }
    }

    let (_, frame) = gateway.get("/api/metrics/instant").await;
    let told = |name: &str| frame["data"][name]["errorType"].clone();
    assert_eq!(
        (told("bad_syntax"), told("cannot_run")),
        ("bad_data".into(), "execution".into())
    );
    assert_eq!(
        frame["data"]["not_a_number"]["result"][0]["value"][1],
        "NaN"
    );
    assert_eq!(frame["data"]["infinite"]["result"][0]["value"][1], "+Inf");
    assert_eq!(frame["data"]["string"]["result"][1], "żółć & <b> \" \\ 🦀");

    // Of a range the time is in the question: whoever asks the same gets the same.
    let asked = proxy.exchanges();
    let range = asked
        .iter()
        .rfind(|exchange| exchange.target.contains("query_range?query=vector"))
        .unwrap();
    let plain = http::get(
        ([127, 0, 0, 1], prometheus.port()).into(),
        &range.target[PREFIX.len()..],
    )
    .await;
    assert_eq!(plain.body.as_bytes(), range.body);

    let expected = "Basic cmVhZGVyOmh1bnRlckAy"; // reader:hunter@2
    assert!(
        asked
            .iter()
            .all(|exchange| exchange.authorization.as_deref() == Some(expected))
    );
    for path in ["/metrics", "/federate"] {
        assert!(
            !http::get(gateway.addr, path).await.body.contains("hunter"),
            "{path}"
        );
    }
    let (_, ready): (_, Value) = gateway.get("/-/ready").await;
    assert_eq!(ready["checks"]["prometheus"]["ok"], true, "{ready}");
}
