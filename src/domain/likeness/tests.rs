//! Near ones are found, far ones are not, and the order in which they came says nothing.

use proptest::prelude::*;

use super::*;

fn facts(look: Option<&str>, sketch: Option<Sketch>, number: Option<&str>) -> Facts {
    Facts {
        look: look.map(str::to_owned),
        sketch: sketch.map(|it| it.to_string()),
        document_number: number.map(str::to_owned),
        ..Facts::default()
    }
}

fn blob(n: u8) -> Digest {
    Digest::new([n; 32])
}

#[test]
fn looks_and_sketches_come_back_as_written_and_nothing_else_is_read() {
    let look = Look([1, u64::MAX, 0, 0x0123_4567_89ab_cdef]);
    assert_eq!(look.to_string().parse::<Look>().unwrap(), look);
    let mut sketch = Sketch([7; 64]);
    sketch.0[63] = u16::MAX;
    assert_eq!(sketch.to_string().parse::<Sketch>().unwrap(), sketch);
    for bad in ["", "zz", &"g".repeat(64), &"0".repeat(63), &"文".repeat(64)] {
        assert!(bad.parse::<Look>().is_err() && bad.parse::<Sketch>().is_err(), "{bad}");
    }
}

#[test]
fn near_ones_are_found_nearest_first_and_far_ones_are_not() {
    let mut all = Likeness::default();
    let plain = Look([0; 4]);
    let off = |bits: u32| Look([(1_u64 << bits) - 1, 0, 0, 0]);
    let beyond = Look([u64::MAX, 0, 0, 0]);
    for (n, look) in [(1, off(9)), (2, plain), (3, beyond), (4, off(Look::NEAR))] {
        all.add(blob(n), &facts(Some(&look.to_string()), None, None));
    }
    let near = [(blob(2), 0), (blob(1), 9), (blob(4), Look::NEAR)];
    assert_eq!(all.looking_like(&plain), near);
    let film = format!("{beyond}{}{}", off(5), off(3));
    all.add(blob(5), &facts(Some(&film), None, None));
    assert!(all.looking_like(&plain).contains(&(blob(5), 3)));
    assert_eq!(all.looking_like(&plain).len(), 4, "a video counts once");
    all.remove(&blob(5), &facts(Some(&film), None, None));
    assert_eq!(all.looking_like(&plain), near);
}

#[test]
fn texts_and_numbers_are_found_until_they_are_taken_out() {
    let mut all = Likeness::default();
    let (one, mut two) = (Sketch([1; 64]), Sketch([1; 64]));
    two.0[..4].fill(2);
    let (first, second) =
        (facts(None, Some(one), Some("示创〔2017〕2号")), facts(None, Some(two), Some("示创〔2017〕2号")));
    all.add(blob(1), &first);
    let alone = all.clone();
    all.add(blob(2), &second);
    all.add(blob(3), &facts(None, Some(Sketch([3; 64])), Some("示创〔2017〕21号")));
    assert_eq!(all.reading_like(&one), [(blob(1), 64), (blob(2), 60)]);
    assert_eq!(all.numbered("示创〔2017〕2号").collect::<Vec<_>>(), [&blob(1), &blob(2)]);
    all.remove(&blob(2), &second);
    all.remove(&blob(3), &facts(None, Some(Sketch([3; 64])), Some("示创〔2017〕21号")));
    assert_eq!(all, alone);
}

#[test]
fn the_order_in_which_blobs_came_says_nothing() {
    let one = facts(Some(&Look([1; 4]).to_string()), None, None);
    let two = facts(Some(&Look([2; 4]).to_string()), None, None);
    let (mut here, mut there) = (Likeness::default(), Likeness::default());
    here.add(blob(1), &one);
    here.add(blob(2), &two);
    there.add(blob(2), &two);
    there.add(blob(1), &one);
    assert_eq!(here, there);
    there.remove(&blob(1), &one);
    there.add(blob(1), &two);
    assert_ne!(here, there);
}
#[test]
fn a_form_that_all_fill_in_is_gone_through() {
    let mut all = Likeness::default();
    for n in 0..100 {
        let mut sketch = Sketch([n; 64]);
        sketch.0[..30].fill(7777);
        all.add(blob(u8::try_from(n).unwrap()), &facts(None, Some(sketch), None));
    }
    let mut asked = Sketch([5; 64]);
    asked.0[..30].fill(7777);
    assert_eq!(all.reading_like(&asked), [(blob(5), 64)]);
}

/// What happens to a row of sketches: one comes, so many places off one of a few texts, or one goes.
fn comings() -> impl Strategy<Value = Vec<(u8, u16, Vec<usize>, bool)>> {
    let differing = proptest::collection::vec(0_usize..64, 0..34);
    proptest::collection::vec((0_u8..40, 0_u16..3, differing, proptest::bool::weighted(0.7)), 1..60)
}

/// Names of which several begin alike.
fn alike(n: u8) -> Digest {
    let mut name = [n % 4; 32];
    name[31] = n;
    Digest::new(name)
}

/// What happens to blobs: one comes with pictures, a text and a number, each one of a few; or it goes.
fn changes() -> impl Strategy<Value = Vec<(u8, Option<Facts>)>> {
    let looks = proptest::collection::vec(prop::sample::select(vec![0, 1, u64::MAX]), 0..3);
    let known = (looks, proptest::option::of(0_u16..3), proptest::option::of(0..2_u8));
    let known = known.prop_map(|(looks, text, number)| {
        let looks: String = looks.into_iter().map(|it| Look([it; 4]).to_string()).collect();
        let number = number.map(|it| format!("示创〔2017〕{it}号"));
        facts(Some(&looks), text.map(|it| Sketch([it; 64])), number.as_deref())
    });
    proptest::collection::vec((0_u8..30, proptest::option::weighted(0.6, known)), 1..150)
}

proptest! {
    /// In whatever order blobs come and go: it is as if those that stay had come alone, and what went takes no more
    /// than they do.
    #[test]
    fn what_came_and_went_leaves_nothing(changes in changes()) {
        let mut all = Likeness::default();
        let mut there: std::collections::BTreeMap<u8, Facts> = Default::default();
        for (n, facts) in changes {
            if let Some(gone) = there.remove(&n) {
                all.remove(&alike(n), &gone);
            }
            if let Some(facts) = facts {
                all.add(alike(n), &facts);
                there.insert(n, facts);
            }
        }
        let mut fresh = Likeness::default();
        there.iter().for_each(|(n, facts)| fresh.add(alike(*n), facts));
        prop_assert_eq!(&all, &fresh);
        for look in [0, 1, u64::MAX].map(|it| Look([it; 4])) {
            prop_assert_eq!(all.looking_like(&look), fresh.looking_like(&look));
        }
        for text in 0..3 {
            prop_assert_eq!(all.reading_like(&Sketch([text; 64])), fresh.reading_like(&Sketch([text; 64])));
        }
        prop_assert!(all.looks.bytes() <= 2 * fresh.looks.bytes());
        prop_assert!(all.sketches.rows.bytes() <= 2 * fresh.sketches.rows.bytes());
    }

    /// Telling strangers apart early changes no answer.
    #[test]
    fn near_is_what_is_at_most_so_far(one: [u64; 4], masks: [u64; 8]) {
        let other = [0, 1, 2, 3].map(|n| one[n] ^ (masks[n] & masks[n + 4] & one[n].rotate_left(7)));
        let (one, other) = (Look(one), Look(other));
        let distance = one.distance(&other);
        prop_assert_eq!(one.near(&other), (distance <= Look::NEAR).then_some(distance));
    }

    /// Who is found by one that is turned finds it as well, and turning adds to what is near.
    #[test]
    fn turned_looks_are_near_each_other(one: [u64; 4], other: [u64; 4]) {
        let (one, other) = (Look(one), Look(other));
        let ways = |a: &Look, b: &Look| {
            let mut all = a.turned().map(|it| it.distance(b));
            all.sort_unstable();
            all
        };
        prop_assert_eq!(ways(&one, &other), ways(&other, &one));
        prop_assert_eq!(one.turned()[0].distance(&other), one.distance(&other));
        prop_assert!(one.turned().iter().all(|it| it.near(&other) == Some(it.distance(&other)).filter(|it| *it <= Look::NEAR)));
    }

    /// Whatever came and went, the sketches found are those that going through all of them finds.
    #[test]
    fn no_sketch_that_is_near_is_missed(comings in comings()) {
        let mut all = Likeness::default();
        let mut there: std::collections::BTreeMap<u8, Sketch> = Default::default();
        for (n, (name, text, differing, comes)) in comings.into_iter().enumerate() {
            if let Some(gone) = there.remove(&name) {
                all.remove(&blob(name), &facts(None, Some(gone), None));
            }
            let mut sketch = Sketch([text; 64]);
            differing.iter().for_each(|it| sketch.0[*it] = 100 + n as u16);
            if comes {
                all.add(blob(name), &facts(None, Some(sketch), None));
                there.insert(name, sketch);
            }
            let near = there.iter().map(|(name, it)| (blob(*name), it.shared(&sketch)));
            let mut near: Vec<(Digest, u32)> = near.filter(|it| it.1 >= Sketch::NEAR).collect();
            near.sort_unstable_by_key(|it| (std::cmp::Reverse(it.1), it.0));
            prop_assert_eq!(all.reading_like(&sketch), near);
        }
    }
}
