//! The queue on pipes, sockets and full devices.

use std::{
    io::{BufRead, BufReader, Read, Seek},
    os::unix::net::UnixStream,
};

use super::*;

fn lines(queue: &LineQueue, range: std::ops::Range<usize>) {
    for number in range {
        queue.push(format!("{number:0>999}\n"), Priority::Normal);
    }
}

#[test]
fn a_reader_that_is_stuck_delays_nobody_and_gets_one_report_of_dropped_lines() {
    let (reader, writer) = io::pipe().unwrap();
    let queue = LineQueue::start("stderr", writer);
    lines(&queue, 0..5_000);
    let dropped = queue.dropped();
    assert!(dropped > 3_000, "{dropped}");
    queue.push("the end\n".to_owned(), Priority::Reserved);
    assert_eq!(queue.dropped(), dropped);

    let mut read = BufReader::new(reader).lines().map(Result::unwrap);
    let report = format!("{dropped} log lines were dropped while stderr was not read");
    let before: Vec<_> = read.by_ref().take_while(|line| *line != report).collect();
    assert_eq!(before.len() as u64, 5_000 - dropped + 1);
    assert_eq!(before.last().unwrap(), "the end");
    lines(&queue, 0..1);
    assert!(read.next().unwrap().ends_with("000"));
    assert_eq!(queue.dropped(), dropped);
}

#[test]
fn waiting_for_a_reader_that_is_stuck_ends_at_the_deadline() {
    let (_reader, writer) = io::pipe().unwrap();
    let queue = LineQueue::start("stderr", writer);
    lines(&queue, 0..200);
    queue.flush(Some(Instant::now()));
    assert_eq!(queue.dropped(), 0);
}

#[test]
fn what_a_reader_that_has_left_misses_is_counted() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let queue = LineQueue::start("stderr", writer);
    lines(&queue, 0..3);
    queue.flush(None);
    assert_eq!(queue.dropped(), 3);
}

#[test]
fn a_full_disk_is_reported_when_there_is_room_again() {
    let full = std::fs::File::options().write(true).open("/dev/full");
    let queue = LineQueue::start("stderr", full.unwrap());
    lines(&queue, 0..2);
    queue.flush(None);
    assert_eq!(queue.dropped(), 2);
    let error = io::Error::from(Errno::NOSPC);
    let report = queue.0.report(2, Some(&error));
    assert_eq!(
        report,
        "2 log lines were dropped: stderr: No space left on device (os error 28)\n"
    );
}

#[test]
fn a_pipe_that_somebody_has_made_non_blocking_loses_nothing() {
    let (mut reader, writer) = UnixStream::pair().unwrap();
    writer.set_nonblocking(true).unwrap();
    let queue = LineQueue::start("stderr", writer);
    lines(&queue, 0..1_000);
    let mut read = vec![0; 1_000_000];
    reader.read_exact(&mut read).unwrap();
    queue.flush(None);
    assert_eq!(queue.dropped(), 0);
}

#[test]
fn lines_are_written_in_their_order() {
    let mut file = tempfile::tempfile().unwrap();
    let queue = LineQueue::start("stdout", file.try_clone().unwrap());
    lines(&queue, 0..900);
    queue.flush(None);
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    let numbers = text.lines().map(|line| line.parse::<usize>().unwrap());
    assert!(numbers.eq(0..900));
}
