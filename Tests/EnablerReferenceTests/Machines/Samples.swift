@testable import EnablerReference

let alice = UserAddress(canonical: "sip:alice@cpm.example")
let bob = UserAddress(canonical: "sip:bob@cpm.example")
let carol = UserAddress(canonical: "sip:carol@cpm.example")
let dave = UserAddress(canonical: "sip:dave@cpm.example")

let second: Int64 = 1_000_000_000

func listed(_ user: UserAddress, _ status: MemberStatus = .invited) -> RosterUser {
    RosterUser(user: user, displayName: nil, status: status)
}

func snapshot(_ users: [RosterUser], changed: [UserAddress] = []) -> RosterSnapshot {
    RosterSnapshot(focus: "sip:focus-1@cpm.example", subject: "team", users: users, changed: changed)
}

func item(_ id: Int64, _ kind: ItemKind = .message, from sender: UserAddress = alice, text: String? = nil) -> StoredItem {
    let roster = snapshot([listed(alice, .joined), listed(carol)], changed: [carol]).encoded
    return StoredItem(
        id: id, group: 1, kind: kind, sender: sender, messageID: kind == .message ? "m\(id)" : nil,
        contentType: "message/cpim", body: kind.isRoster ? roster : Array((text ?? "text \(id)").utf8), createdAt: id)
}

func owed(_ item: StoredItem, to user: UserAddress = carol) -> OwedEntry {
    OwedEntry(
        item: item.id, group: item.group, user: user, kind: item.kind, sender: item.sender, bytes: item.body.count,
        createdAt: item.createdAt)
}
