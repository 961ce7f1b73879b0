import IndexSchema
import Testing

@Suite("Index schema")
struct IndexSchemaTests {
    @Test("migrations are named in the order in which they are applied")
    func order() {
        let names = IndexSchema.migrations.map(\.name)
        #expect(names == IndexSchema.names)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
        #expect(names.first == "v001-messages")
    }

    @Test("every migration holds its script")
    func scripts() {
        for migration in IndexSchema.migrations {
            #expect(migration.sql.contains("CREATE "), "\(migration.name)")
        }
    }
}
