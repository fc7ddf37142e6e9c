export * from '../rules/scopes.ts';
