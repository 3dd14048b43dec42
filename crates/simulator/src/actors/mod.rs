//! The actors of the simulator.
//!
//! | actor              | how many                       | where it runs | owns                              | dies with   |
//! |--------------------|--------------------------------|---------------|-----------------------------------|-------------|
//! | [`SimulatorActor`] | 1 per family of the catalogue  | main arbiter  | its family's series and alerts    | the process |
//! | [`ScenarioPlayer`] | 1                              | main arbiter  | the scenario that runs, if any    | the process |
//!
//! [`SimulatorActor`]: simulator::SimulatorActor
//! [`ScenarioPlayer`]: scenario_player::ScenarioPlayer

pub mod messages;
pub mod scenario_player;
pub mod simulator;
