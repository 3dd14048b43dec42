//! The nineteen checks of the first end-to-end report, stage by stage, on the real servers with the real programs:
//! simulator → Prometheus → gateway → WebSocket. Their table is printed even where tests are silent.

mod report;
mod stages;

use lab::{Lab, LabOptions, Progress};
use report::Report;

use crate::support::scratch;

#[actix_rt::test]
async fn the_nineteen_checks_pass_from_the_simulator_to_the_browser() {
    let data = scratch();
    let options = LabOptions::scratch(data.path());
    let lab = Lab::start(&options, Progress::Silent).await.unwrap();
    let mut report = Report::default();
    stages::simulator(&lab, &mut report).await;
    stages::prometheus(&lab, &mut report).await;
    stages::gateway(&lab, &mut report).await;
    stages::websocket(&lab, &mut report).await;
    stages::end_to_end(&lab, &mut report).await;
    lab.stop().await;
    report.conclude(19);
}
