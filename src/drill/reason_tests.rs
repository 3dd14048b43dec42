//! Reasons on scripted observations.
