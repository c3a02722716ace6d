//! Who gets an event: nobody if its owner is dead or lives another life, later if the owner is stopped.

use crate::event::Event;
use crate::node::Power;
use crate::streams::Arrival;
use crate::world::World;

impl World {
    pub(crate) fn happen(&mut self, event: Event) {
        let owner = match &event {
            Event::Wake { node, life }
            | Event::Discovery { node, life }
            | Event::AddressWake { node, life, .. }
            | Event::Stream {
                node,
                life,
                arrival: Arrival::Document(_) | Arrival::End(_),
                ..
            }
            | Event::Outcome { node, life, .. }
            | Event::TriesReach { node, life }
            | Event::Probes { node, life }
            | Event::Probed { node, life, .. }
            | Event::TriedReach { node, life, .. }
            | Event::ReadReturns { node, life, .. }
            | Event::WriteReturns { node, life, .. } => Some((*node, *life)),
            Event::Checked { step, .. } | Event::Freed { step, .. } => Some((step.node, step.life)),
            Event::Request { .. }
            | Event::Stream { .. }
            | Event::ReadArrives { .. }
            | Event::CheckArrives { .. }
            | Event::FreeLands { .. }
            | Event::AttachArrives { .. }
            | Event::WriteLands { .. } => None,
        };
        if let Some((node, life)) = owner {
            let node = &mut self.nodes[node];
            match node.power {
                _ if node.life != life => return,
                Power::Running => {}
                Power::Paused => {
                    node.deferred.push(event);
                    return;
                }
                Power::Crashed | Power::Off => return,
            }
        }
        self.dispatch(event);
    }

    fn dispatch(&mut self, event: Event) {
        match event {
            Event::Wake { node, .. } => self.timer_fires(node),
            Event::Discovery { node, .. } => self.discovery_ends(node),
            Event::AddressWake { node, address, .. } => self.drive_address(node, address),
            Event::TriesReach { node, life } => self.try_reach(node, life),
            Event::TriedReach { node, begun, .. } => self.tried_reach(node, begun),
            Event::Probes { node, life } => self.probe(node, life),
            Event::Probed {
                node,
                life,
                begun,
                answered,
            } => self.probed(node, life, begun, answered),
            Event::Stream {
                node,
                life,
                watch,
                arrival,
            } => {
                // Of a former life there is nobody left to be answered.
                if self.nodes[node].life == life {
                    self.stream_event(node, watch, arrival);
                }
            }
            Event::Request {
                from,
                to,
                life,
                poll,
                look,
            } => {
                self.request_arrives(from, to, life, poll, look);
            }
            Event::Outcome {
                node,
                life,
                poll,
                outcome,
            } => self.outcome_arrives(node, life, poll, outcome),
            cloud => self.dispatch_call(cloud),
        }
    }

    /// What happens to calls to the cloud.
    fn dispatch_call(&mut self, event: Event) {
        match event {
            Event::ReadArrives {
                node,
                life,
                address,
                call,
                returns,
            } => {
                let result = Ok(self.cloud.read(self.now, address, &mut self.rng));
                let read = Event::ReadReturns {
                    node,
                    life,
                    address,
                    call,
                    result,
                };
                self.at(returns, read);
            }
            Event::ReadReturns {
                node,
                address,
                call,
                result,
                ..
            } => {
                self.read_returns(node, address, call, result);
            }
            Event::WriteLands {
                node,
                address,
                call,
                expected,
                late,
            } => self.write_arrives(node, address, call, expected, late),
            Event::CheckArrives { step, returns } => self.check_arrives(step, returns),
            Event::Checked { step, result } => self.checked(step, result),
            Event::FreeLands {
                node,
                address,
                late,
            } => self.free_lands(node, address, late),
            Event::Freed { step, result } => self.freed(step, result),
            Event::AttachArrives { step, fate } => self.attach_arrives(&step, fate),
            Event::WriteReturns {
                node,
                address,
                call,
                result,
                ..
            } => {
                self.write_returns(node, address, call, result);
            }
            other => unreachable!("no call: {other:?}"),
        }
    }
}
