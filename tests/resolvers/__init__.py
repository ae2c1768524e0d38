"""The resolvers on a real store, with an ERP that the tests play."""
