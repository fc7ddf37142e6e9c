import { manifest, productName, top } from './product.ts';
import { npm } from './programs.ts';
import type { ShippedPackage } from './shipped.ts';

interface Property {
  readonly name: string;
  readonly value: string;
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly properties?: readonly Property[];
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

/** Says that a package is for making the product only, which is what npm thinks of everything that goes into a bundle. */
const onlyForMaking = 'cdx:npm:package:development';

/** A CycloneDX document of what is given away: npm's own for all that is installed, without what only helped to make it. */
export function bomOf(packages: readonly ShippedPackage[]): string {
  const { electron, node } = manifest.devDependencies;
  const shipped = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  shipped.add(`electron@${electron}`).add(`node@${node}`);
  const whole: Bom = JSON.parse(npm(['sbom', '--include=dev', '--sbom-format=cyclonedx'], top));
  const kept = new Map<string, Component>();
  for (const component of whole.components) {
    const id = `${component.name}@${component.version}`;
    const properties = component.properties?.filter(({ name }) => name !== onlyForMaking);
    if (shipped.delete(id)) kept.set(id, { ...component, ...(properties && { properties }) });
  }
  if (shipped.size > 0) throw new Error(`npm does not know of ${[...shipped].join(', ')}`);
  const components = [...kept.values()];
  const { component } = whole.metadata;
  const bom = {
    ...whole,
    metadata: { ...whole.metadata, component: { ...component, type: 'application', name: productName } },
    components,
    dependencies: [{ ref: component['bom-ref'], dependsOn: components.map((one) => one['bom-ref']) }],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}
