import Testing

@testable import Facts

@Suite("Which address is which actor")
struct AddressBookTests {
    @Test(
        "different writings of one address are the same",
        arguments: [
            ("sip:carol@cpm.example", "\"Carol\" <sip:carol@CPM.example;transport=tcp>;tag=1"),
            ("sip:carol@cpm.example", "sips:carol@cpm.example:5061"),
            ("sip:carol@cpm.example", "sip:%63arol@cpm.example?subject=x"),
            ("tel:+49301234", "tel:+49-30-1234;phone-context=x"),
            ("tel:+49301234", "sip:+49301234@cpm.example;user=phone"),
            ("sip:carol@[::1]", "sip:carol@[::1]:5060"),
        ])
    func same(a: String, b: String) {
        #expect(AddressBook.canonical(a) == AddressBook.canonical(b))
    }

    @Test(
        "addresses of different users stay different",
        arguments: [
            ("sip:carol@cpm.example", "sip:carol@other.example"), ("sip:carol@cpm.example", "sip:Carol@cpm.example"),
            ("tel:+49301234", "tel:+49301235"), ("sip:a%2Fb@x", "sip:a/b@x"),
        ])
    func different(a: String, b: String) {
        #expect(AddressBook.canonical(a) != AddressBook.canonical(b))
    }

    @Test("an alias is its actor, and a stranger nobody")
    func aliases() {
        let book = AddressBook(aliases: ["carol": ["sip:carol@cpm.example", "tel:+49301234"]])
        #expect(book.actor("<tel:+49-30-1234>") == "carol")
        #expect(book.actor("sip:dave@cpm.example") == nil)
        #expect(book.actor(nil) == nil)
    }
}
