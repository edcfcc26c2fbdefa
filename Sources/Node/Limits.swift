/// The limits of this module, together with the relations between them.
enum Limits {}
