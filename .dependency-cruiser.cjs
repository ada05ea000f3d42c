/** The direction of imports (docs/architecture.md, "The house"): doors call what the program knows, homes wire both. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: '^(functions|infra|shared|cli|ui|test|examples)/', pathNot: allowed.map((folder) => `^${folder}/`) },
});
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('shared-stands-alone', 'shared', ['shared'], 'what the program knows imports no door and no home'),
    only('domain-is-pure', 'shared/domain', ['shared/domain'], 'rules are values in, values out'),
    only(
      'store-knows-domain',
      'shared/store',
      ['shared/store', 'shared/domain', 'shared/ports'],
      'the store knows entities, not operations',
    ),
    only('ports-know-domain', 'shared/ports', ['shared/ports', 'shared/domain'], 'a port speaks in domain terms'),
    only('doors-call-shared', 'functions', ['functions', 'shared'], 'a door does not know its home'),
    {
      name: 'targets-do-not-meet',
      severity: 'error',
      from: { path: '^shared/targets/([^/]+)/' },
      to: { path: '^shared/targets/[^/]+/', pathNot: '^shared/targets/$1/' },
    },
    {
      name: 'domain-uses-no-sdk',
      severity: 'error',
      from: { path: '^shared/(domain|api|operations)/' },
      to: { path: 'node_modules/(@aws-sdk|@google-cloud|@azure|modal)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|cdk.out|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
};
